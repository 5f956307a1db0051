// SPDX-License-Identifier: Apache-2.0
// Lets the kernel separate silence from speech before it wakes a thread (RFC 6464).
#pragma once

#include <cstdint>

namespace veche::media {

/// Quieter than -60 dBov, the default noise gate of plugins/forwarding (noise_gate_dbov).
inline constexpr uint8_t kLoudestSilence = 61;
/// Browsers use this id for the extension. A client with another id is never silent.
inline constexpr uint8_t kSilenceExtension = 1;

/// [control] The kernel gives silent RTP packets to the second socket bound to the port of
/// `descriptor` with SO_REUSEPORT, and everything else to the first. The filter trusts a packet's
/// level without authentication: it decides only when the packet is read. False if this kernel
/// lacks support.
bool split_silence(int descriptor) noexcept;

}  // namespace veche::media
