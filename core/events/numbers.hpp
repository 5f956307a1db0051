// SPDX-License-Identifier: Apache-2.0
// Numbers events within their incarnation, the server's own among themselves. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "events/event.hpp"

namespace veche::events {

/// The room layer numbers events too, but counts those that the log leaves out.
class Numbers {
 public:
  /// A closed room emits for a minute more; beyond this many closed ones the oldest are forgotten.
  static constexpr size_t kMaxClosed = 1000;

  /// The event's `seq`.
  uint64_t next(const Event& event);

 private:
  std::unordered_map<std::string, uint64_t> last_;  ///< By incarnation; "": the server's own.
  std::deque<std::string> closed_;                  ///< Incarnations, in the order of their ends.
};

}  // namespace veche::events
