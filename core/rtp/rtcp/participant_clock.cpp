// SPDX-License-Identifier: Apache-2.0
// The minimum offset of two windows.
#include "rtp/rtcp/participant_clock.hpp"

#include <algorithm>
#include <cstdlib>

#include "rtp/rtcp/ntp.hpp"

namespace veche::rtp {

void ParticipantClock::on_sender_report(uint64_t ntp, int64_t arrival_ns) noexcept {
  if (ntp == 0) return;
  const int64_t offset = arrival_ns - ntp_to_ns(ntp);
  const auto known = offset_ns();
  const bool fresh = !known || std::abs(offset - *known) > kMaxStepNs;
  if (fresh) {
    started_ = true;
    window_begin_ns_ = arrival_ns;
    current_ns_ = before_ns_ = offset;
  } else if (arrival_ns - window_begin_ns_ >= kWindowNs) {
    window_begin_ns_ = arrival_ns;
    before_ns_ = current_ns_;
    current_ns_ = offset;
  } else {
    current_ns_ = std::min(current_ns_, offset);
  }
}

std::optional<int64_t> ParticipantClock::offset_ns() const noexcept {
  if (!started_) return std::nullopt;
  return std::min(current_ns_, before_ns_);
}

}  // namespace veche::rtp
