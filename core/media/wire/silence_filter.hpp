// SPDX-License-Identifier: Apache-2.0
// How the kernel tells silence from speech before anybody is woken for it (RFC 6464).
#pragma once

#include <cstdint>

namespace veche::media {

/// Quieter than -60 dBov, where plugins/forwarding begins to believe in speech unless it is told
/// otherwise (noise_gate_dbov).
inline constexpr uint8_t kLoudestSilence = 61;
/// Browsers number the extension like this. What other clients number differently is no silence.
inline constexpr uint8_t kSilenceExtension = 1;

/// [control] The kernel gives silent RTP packets to the second socket that was bound to the port of
/// `descriptor` with SO_REUSEPORT, and everything else to the first. Levels are read as the packet
/// says, authentic or not: they may decide when it is looked at, and nothing else. False: this
/// kernel cannot.
bool split_silence(int descriptor) noexcept;

}  // namespace veche::media
