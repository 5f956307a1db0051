// SPDX-License-Identifier: Apache-2.0
// Counts slow calls over a window.
#include "plugin/time_watch.hpp"

namespace veche::plugin {
namespace {

std::string describe(const HookTimers& timers, uint64_t count) {
  const HookTimer* worst = nullptr;
  for (const HookTimer& timer : timers) {
    if (timer.slow() > 0 && (!worst || timer.slow() > worst->slow())) worst = &timer;
  }
  std::string text = std::to_string(count) + " calls took longer than they may";
  if (!worst) return text;
  return text + "; " + worst->name() + " may take " + std::to_string(worst->limit_ns() / 1000) +
         " us and has taken up to " + std::to_string(worst->max_ns() / 1000) + " us";
}

}  // namespace

TimeWatch::Verdict TimeWatch::look(const HookTimers& timers, int64_t now_ns) {
  uint64_t slow = 0;
  for (const HookTimer& timer : timers) slow += timer.slow();
  const uint64_t news = slow - std::exchange(seen_, slow);
  if (news > 0) recent_.emplace_back(now_ns, news);
  while (!recent_.empty() && now_ns - recent_.front().first > kWindowNs) recent_.pop_front();
  Verdict verdict;
  uint64_t within = 0;
  for (const auto& [when, count] : recent_) within += count;
  verdict.too_slow = within >= kTooMany;
  unreported_ += news;
  if (unreported_ == 0 || (reported_ns_ && now_ns - *reported_ns_ < kReportNs)) return verdict;
  reported_ns_ = now_ns;
  verdict.report = describe(timers, std::exchange(unreported_, 0));
  return verdict;
}

}  // namespace veche::plugin
