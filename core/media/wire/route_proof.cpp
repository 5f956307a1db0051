// SPDX-License-Identifier: Apache-2.0
// Remembers the sender reports that took the new route.
#include "media/wire/route_proof.hpp"

#include <algorithm>

namespace veche::media {

void RouteProof::begin(int64_t now_ns, uint32_t compact, uint64_t packets) noexcept {
  *this = RouteProof();
  verdict_ = Verdict::Open;
  begun_ns_ = now_ns;
  begun_compact_ = compact;
  packets_ = packets;
}

void RouteProof::on_report(uint32_t compact) noexcept {
  if (verdict_ == Verdict::Open) reports_[count_++ % kReports] = compact;
}

void RouteProof::on_echo(uint32_t compact) noexcept {
  const bool is_earlier = static_cast<int32_t>(compact - begun_compact_) < 0;
  if (verdict_ != Verdict::Open || compact == 0 || is_earlier) return;
  const auto end = reports_.begin() + std::min(count_, kReports);
  if (std::find(reports_.begin(), end, compact) != end) {
    verdict_ = Verdict::Proven;
  } else if (++guesses_ > kMaxGuesses) {
    verdict_ = Verdict::Failed;
  }
}

RouteProof::Verdict RouteProof::verdict(int64_t now_ns, uint64_t packets) const noexcept {
  const bool is_late = now_ns - begun_ns_ >= kPatienceNs && packets - packets_ >= kEnoughPackets;
  return verdict_ == Verdict::Open && is_late ? Verdict::Failed : verdict_;
}

}  // namespace veche::media
