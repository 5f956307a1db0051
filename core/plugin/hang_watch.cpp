// SPDX-License-Identifier: Apache-2.0
// The rules, and the sentences for operators.
#include "plugin/hang_watch.hpp"

#include <algorithm>
#include <string_view>

namespace veche::plugin {
namespace {

std::string seconds(int64_t ns) { return std::to_string(ns / kNsPerS) + " s"; }

std::string consequence(ThreadRole role) {
  switch (role) {
    case ThreadRole::Control: return ": the control thread waits for it, and the API with it";
    case ThreadRole::Lane: return ": a lane waits for it, and its rooms are silent";
    default: return "";
  }
}

bool ends_plugin(const RunningHook& call) {
  return call.label->hook == "stop" || call.label->hook == "destroy";
}

}  // namespace

std::string describe_hang(const RunningHook& call, int64_t now_ns) {
  return call.label->hook + " has not returned for " + seconds(now_ns - call.since_ns);
}

std::optional<RunningHook> find_hang(const std::vector<RunningHook>& running,
                                     const std::string& plugin, int64_t now_ns) {
  std::optional<RunningHook> found;
  for (const RunningHook& call : running) {
    if (call.label->plugin != plugin || now_ns - call.since_ns < kHangNs) continue;
    if (!found || call.since_ns < found->since_ns) found = call;
  }
  return found;
}

std::vector<HangWatch::Line> HangWatch::look(const std::vector<RunningHook>& running,
                                             int64_t now_ns) {
  std::vector<Line> lines;
  for (auto known = next_ns_.begin(); known != next_ns_.end();) {
    const auto& [label, since_ns] = known->first;
    const bool goes_on = std::any_of(running.begin(), running.end(), [&](const RunningHook& call) {
      return Call(call.label, call.since_ns) == known->first;
    });
    if (goes_on) {
      ++known;
      continue;
    }
    lines.push_back(
        {label->plugin, label->hook + " has returned, after " + seconds(now_ns - since_ns), true});
    known = next_ns_.erase(known);
  }
  for (const RunningHook& call : running) {
    const int64_t age_ns = now_ns - call.since_ns;
    if (age_ns < kHangNs) continue;
    const auto [known, is_new] = next_ns_.try_emplace({call.label, call.since_ns}, now_ns);
    if (now_ns < known->second) continue;
    known->second = now_ns + std::min(age_ns, kMostBetweenNs);
    lines.push_back({call.label->plugin, describe_hang(call, now_ns) + consequence(call.role)});
  }
  return lines;
}

std::optional<std::string> EndWatch::look(const std::vector<RunningHook>& running,
                                          int64_t now_ns) const {
  if (!asked_ns_) return {};
  for (const RunningHook& call : running) {
    // A lane that hangs holds up only the end; until then other lanes may have calls.
    const std::optional<int64_t> from_ns =
        call.role == ThreadRole::Control ? asked_ns_ : stopping_ns_;
    const int64_t most_ns = ends_plugin(call) ? kMostStopNs : kMostNs;
    if (!from_ns || now_ns - std::max(*from_ns, call.since_ns) < most_ns) continue;
    return "the server ends without its plugin \"" + call.label->plugin +
           "\": " + describe_hang(call, now_ns);
  }
  if (!stopping_ns_ || now_ns - *stopping_ns_ < kMostStopNs) return {};
  return "the server ends although something in it has not stopped for " +
         seconds(now_ns - *stopping_ns_);
}

}  // namespace veche::plugin
