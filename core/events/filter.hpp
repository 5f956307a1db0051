// SPDX-License-Identifier: Apache-2.0
// Which events a consumer wants. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "events/event.hpp"

namespace veche::events {

struct Filter {
  std::string room;         ///< Empty: all.
  std::string participant;  ///< Empty: all.
  /// Exact, or a prefix as "participant.*"; empty: all but `speaker.changed`.
  std::vector<std::string> types;

  /// `events.gap` matches every filter, because what is missing may have matched.
  bool matches(const Event& event) const;

  friend bool operator==(const Filter&, const Filter&) = default;
};

/// Of a filter: more are a mistake.
inline constexpr size_t kMaxTypes = 32;

/// InvalidArgument unless it is a type or a prefix: words of [A-Za-z0-9_~-] separated by dots, at
/// most 64 characters, whose last word may be "*". "*" alone is every type, `speaker.changed` too.
Status check_type(std::string_view type);

/// The types of a list "participant.joined,track.*"; InvalidArgument names the one that is wrong.
/// An empty list is an empty vector.
Result<std::vector<std::string>> parse_types(std::string_view list);

}  // namespace veche::events
