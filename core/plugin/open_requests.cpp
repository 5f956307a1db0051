// SPDX-License-Identifier: Apache-2.0
// The thread that takes a request out of its slot, with a compare-and-swap, answers it.
#include "plugin/open_requests.hpp"

#include <array>
#include <atomic>
#include <cassert>
#include <map>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/thread_role.hpp"

namespace veche::plugin {

struct OpenRequests::State {
  struct Entry {
    HttpAnswered answered;
    glib::Timer timeout;
  };

  /// [any] True for exactly one caller in a request's life.
  bool take(uint64_t id) { return id != 0 && slots[id % kMaxOpen].compare_exchange_strong(id, 0); }
  /// [control] Ends a request that was taken, unless it was forgotten meanwhile.
  void finish(uint64_t id, const HttpAnswer& answer) {
    const auto entry = entries.extract(id);
    if (entry) entry.mapped().answered(answer);
  }

  /// The id of the open request in each slot, 0 if there is none.
  std::array<std::atomic<uint64_t>, kMaxOpen> slots{};
  std::map<uint64_t, Entry> entries;  ///< [control] Open, or taken and under way to control.
};

OpenRequests::OpenRequests(glib::ControlLoop& loop)
    : loop_(loop), state_(std::make_shared<State>()) {}

uint64_t OpenRequests::open(uint32_t timeout_ms, HttpAnswered answered) {
  assert(is_on_control());
  size_t slot = 0;
  while (slot < kMaxOpen && state_->slots[slot] != 0) ++slot;
  if (slot == kMaxOpen) {
    answered(problem_answer(503, "exhausted", "The plugin has too many requests to answer."));
    return 0;
  }
  // The serial number counts the requests of all plugins, so that no id repeats, even after a
  // restart of the plugin.
  const uint64_t id = Id<struct HttpRequestTag>::next().value * kMaxOpen + slot;
  // The timer ends with its entry, and the entry with the state.
  const auto on_timeout = [state = state_.get(), id] {
    if (!state->take(id)) return;
    state->finish(id, problem_answer(504, "plugin-timeout", "The plugin did not answer in time."));
  };
  state_->entries.emplace(id,
                          State::Entry{std::move(answered), loop_.once(timeout_ms, on_timeout)});
  state_->slots[slot] = id;
  return id;
}

veche_status OpenRequests::answer(uint64_t id, HttpAnswer answer) {
  if (!state_->take(id)) return VECHE_E_GONE;
  loop_.post([state = state_, id, answer = std::move(answer)] { state->finish(id, answer); });
  return VECHE_OK;
}

void OpenRequests::forget(uint64_t id) {
  assert(is_on_control());
  state_->take(id);
  // Destroyed outside the map, because its destructor may call back into this object.
  const auto entry = state_->entries.extract(id);
}

void OpenRequests::close() {
  std::vector<uint64_t> open;
  for (const auto& [id, entry] : state_->entries) open.push_back(id);
  for (const uint64_t id : open) {
    // The answer of a request that was taken before is under way.
    if (!state_->take(id)) continue;
    state_->finish(id, problem_answer(503, "unavailable", "The plugin was stopped."));
  }
}

}  // namespace veche::plugin
