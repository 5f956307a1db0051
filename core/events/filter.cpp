// SPDX-License-Identifier: Apache-2.0
// Compares events with what a consumer has asked for, and checks what it asks for.
#include "events/filter.hpp"

#include <algorithm>

#include "base/characters.hpp"

namespace veche::events {
namespace {

constexpr size_t kMaxTypeLength = 64;

bool is_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return is_alnum(c) || c == '_' || c == '-' || c == '~';
  });
}

bool is_type(std::string_view text) {
  for (;;) {
    const size_t dot = text.find('.');
    if (dot == std::string_view::npos) return text == "*" || is_word(text);
    if (!is_word(text.substr(0, dot))) return false;
    text.remove_prefix(dot + 1);
  }
}

/// `wanted` is a type, or a prefix that ends with "*".
bool matches_type(const std::string& wanted, const std::string& type) {
  if (wanted.empty() || wanted.back() != '*') return wanted == type;
  return type.compare(0, wanted.size() - 1, wanted, 0, wanted.size() - 1) == 0;
}

}  // namespace

bool Filter::matches(const Event& event) const {
  if (event.type == kGapType) return true;
  if (!room.empty() && room != event.room) return false;
  if (!participant.empty() && participant != event.participant) return false;
  if (types.empty()) return event.type != kSpeakerType;
  return std::any_of(types.begin(), types.end(),
                     [&](const std::string& wanted) { return matches_type(wanted, event.type); });
}

Status check_type(std::string_view type) {
  if (type.size() <= kMaxTypeLength && is_type(type)) return Ok{};
  return invalid(
      "\"" + std::string(type.substr(0, kMaxTypeLength)) +
      "\" is no type of events; allowed: a type like \"participant.joined\", or all that "
      "begin alike, like \"participant.*\"");
}

Result<std::vector<std::string>> parse_types(std::string_view list) {
  std::vector<std::string> types;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view type = list.substr(0, comma);
    if (Status status = check_type(type); !status) return status.error();
    if (types.size() == kMaxTypes) {
      return invalid("these are more than " + std::to_string(kMaxTypes) + " types of events");
    }
    types.emplace_back(type);
    if (comma == std::string_view::npos) return types;
    list.remove_prefix(comma + 1);
    if (list.empty()) return invalid("the list of types ends with a comma");
  }
  return types;
}

}  // namespace veche::events
