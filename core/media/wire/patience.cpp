// SPDX-License-Identifier: Apache-2.0
// The packets of one pause decide about the next.
#include "media/wire/patience.hpp"

namespace veche::media {

void Patience::looked(size_t count, int64_t now_ns) noexcept {
  count_ += count;
  if (now_ns < pause_ends_ns_) return;
  is_patient_ = count_ >= kMany;
  count_ = 0;
  pause_ends_ns_ = now_ns + kPauseNs;
}

}  // namespace veche::media
