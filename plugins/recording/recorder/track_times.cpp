// SPDX-License-Identifier: Apache-2.0
// Two short lists of spans.
#include "recording/recorder/track_times.hpp"

#include <algorithm>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

bool overlap(const Span& a, const Span& b) {
  return a.start_ms < b.end_ms && b.start_ms < a.end_ms;
}

bool any_overlaps(const std::vector<Span>& spans, const Span& span) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const Span& each) { return overlap(each, span); });
}

void add(std::vector<Span>& spans, const Span& span) {
  if (spans.size() < TrackTimes::kMaxSpans) {
    spans.push_back(span);
  } else {
    spans.back().end_ms = std::max(spans.back().end_ms, span.end_ms);
  }
}

}  // namespace

void TrackTimes::set_muted(bool muted, int64_t at_ns) {
  const int64_t at_ms = std::max<int64_t>(0, at_ns) / kNsPerMs;
  if (muted && !muted_since_ms_) {
    muted_since_ms_ = at_ms;
  } else if (!muted && muted_since_ms_) {
    add(muted_, {*muted_since_ms_, at_ms});
    muted_since_ms_.reset();
  }
}

void TrackTimes::add_overflow(int64_t start_ns, int64_t end_ns) {
  add(overflows_, {start_ns / kNsPerMs, end_ns / kNsPerMs + 1});
}

bool TrackTimes::was_muted(const Span& span) const {
  return muted_since_ms_ || any_overlaps(muted_, span);
}

bool TrackTimes::has_overflown(const Span& span) const { return any_overlaps(overflows_, span); }

void TrackTimes::explain(std::vector<Gap>& gaps) const {
  const Span still{muted_since_ms_.value_or(INT64_MAX), INT64_MAX};
  for (Gap& gap : gaps) {
    if (has_overflown(gap.span)) {
      gap.reason = "disk";
    } else if (gap.reason == "no-packets" &&
               (any_overlaps(muted_, gap.span) || overlap(still, gap.span))) {
      gap.reason = "muted";
    }
  }
}

}  // namespace veche::recording
