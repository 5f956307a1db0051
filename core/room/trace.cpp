// SPDX-License-Identifier: Apache-2.0
// Two rings of entries, and a queue of former traces.
#include "room/trace.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace veche::room {

void Trace::add(Kind kind, TraceEntry entry) {
  if (began_ns_ == 0) began_ns_ = entry.at_ns;
  Ring& ring = rings_[static_cast<size_t>(kind)];
  const auto is_same = [type = std::string_view(entry.type)](const TraceEntry& other) {
    return other.type == type;
  };
  const auto begin = ring.entries.begin(), end = ring.entries.end();
  if (kind == Kind::Change && std::count_if(begin, end, is_same) >= ptrdiff_t{kMaxOfType}) {
    evict(ring, std::find_if(begin, end, is_same));
  }
  ring.bytes += entry.data.size();
  ring.entries.push_back(std::move(entry));
  while (ring.entries.size() > kMaxEntries || ring.bytes > kMaxBytes) {
    evict(ring, ring.entries.begin());
  }
}

void Trace::evict(Ring& ring, const std::deque<TraceEntry>::iterator& entry) {
  ring.bytes -= entry->data.size();
  ring.entries.erase(entry);
  ++dropped_;
}

std::vector<TraceEntry> Trace::entries() const {
  std::vector<TraceEntry> all;
  for (const Ring& ring : rings_) {
    all.insert(all.end(), ring.entries.begin(), ring.entries.end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const TraceEntry& a, const TraceEntry& b) { return a.at_ns < b.at_ns; });
  return all;
}

void FormerTraces::keep(const std::string& room, const std::string& participant, Trace trace,
                        int64_t now_ns) {
  if (const auto known = locate(room, participant, now_ns); known != traces_.end()) {
    traces_.erase(known);
  }
  traces_.push_back({room, participant, now_ns, std::move(trace)});
  if (traces_.size() > kMax) traces_.pop_front();
}

const Trace* FormerTraces::find(const std::string& room, const std::string& participant,
                                int64_t now_ns) {
  const auto found = locate(room, participant, now_ns);
  return found == traces_.end() ? nullptr : &found->trace;
}

std::deque<FormerTraces::Former>::iterator FormerTraces::locate(const std::string& room,
                                                                const std::string& participant,
                                                                int64_t now_ns) {
  while (!traces_.empty() && now_ns - traces_.front().left_ns > kRememberedNs) traces_.pop_front();
  return std::find_if(traces_.begin(), traces_.end(), [&](const Former& former) {
    return former.room == room && former.participant == participant;
  });
}

}  // namespace veche::room
