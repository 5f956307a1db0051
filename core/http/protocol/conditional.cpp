// SPDX-License-Identifier: Apache-2.0
// Comparing entity tags.
#include "http/protocol/conditional.hpp"

#include <cstdio>
#include <functional>
#include <string_view>

#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

/// Calls `accepts` with each tag of a header's list until it returns true. "*" counts as a tag.
bool any_tag(std::string_view list, const std::function<bool(std::string_view)>& accepts) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    std::string_view tag = list.substr(0, comma);
    const size_t first = tag.find_first_not_of(" \t");
    const size_t last = tag.find_last_not_of(" \t");
    if (first != std::string_view::npos && accepts(tag.substr(first, last - first + 1)))
      return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace

EntityTag::EntityTag(int64_t made_unix_ms, uint64_t revision, const std::string& representation) {
  char text[64];
  std::snprintf(text, sizeof text, "\"%llx-%llx.", static_cast<unsigned long long>(made_unix_ms),
                static_cast<unsigned long long>(revision));
  revision_ = text;
  std::snprintf(text, sizeof text, "%zx\"", std::hash<std::string>{}(representation));
  text_ = revision_ + text;
}

bool EntityTag::matches(const std::string& if_match) const {
  if (if_match.empty()) return true;
  return any_tag(if_match, [&](std::string_view tag) {
    return tag == "*" || tag.substr(0, revision_.size()) == revision_;
  });
}

bool EntityTag::is_known(const std::string& if_none_match) const {
  return any_tag(if_none_match, [&](std::string_view tag) {
    if (tag.substr(0, 2) == "W/") tag.remove_prefix(2);
    return tag == "*" || tag == text_;
  });
}

std::optional<Response> refuse_change(const Request& request, const EntityTag* existing) {
  const bool changed = existing ? !existing->matches(request.conditions.if_match)
                                : !request.conditions.if_match.empty();
  if (changed) return problem(412, "If-Match does not name the current state.");
  if (existing && existing->is_known(request.conditions.if_none_match)) {
    return problem(412, "If-None-Match names the current state.");
  }
  return std::nullopt;
}

Response conditional_response(const Request& request, const EntityTag& tag, std::string json) {
  Response response = json_response(200, std::move(json));
  if (tag.is_known(request.conditions.if_none_match)) response = {.status = 304};
  response.header("ETag", tag.text());
  return response;
}

}  // namespace veche::http
