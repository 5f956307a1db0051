// SPDX-License-Identifier: Apache-2.0
// Times of a link.
#pragma once

#include <cstdint>

namespace veche::rtp {

inline constexpr int64_t kUsPerS = 1'000'000;
inline constexpr int64_t kVoiceUs = 20'000;  ///< From one packet of a voice to the next.

}  // namespace veche::rtp
