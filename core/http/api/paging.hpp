// SPDX-License-Identifier: Apache-2.0
// One page of a map of named things as JSON.
#pragma once

#include <string>
#include <utility>

#include "glib/json.hpp"
#include "http/api/api.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {

/// The query of a list.
inline std::string page_query(
    const std::string& more =
        R"("prefix": {"type": "string", "description": "Those whose names begin with this."})") {
  return R"({"properties": {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50,
              "description": "At most this many."},
    "cursor": {"type": "string", "description": "The next_cursor of the previous page."}, )" +
         more + "}}";
}

/// The schema of a page of `items`.
inline std::string page_schema(const std::string& what, const std::string& item_schema) {
  return R"({"type": "object", "required": [")" + what + R"(", "next_cursor"], "properties": {")" +
         what + R"(": {"type": "array", "items": )" + item_schema +
         R"(}, "next_cursor": {"type": ["string", "null"],
             "description": "Where the next page begins; null: this is the last one."}}})";
}

/// {"<what>": [...], "next_cursor": null or the name after which the next page begins}, with an
/// entity tag, or 304. `map` goes from names to things, `write` writes one of them.
template <class Map, class Write>
Response list_page(const Request& request, const char* what, const Map& map, Write write) {
  const Result<Page> page = page_of(request);
  if (!page) return problem(page.error());
  glib::JsonWriter json;
  json.begin_object().key(what).begin_array();
  auto item =
      page->cursor < page->prefix ? map.lower_bound(page->prefix) : map.upper_bound(page->cursor);
  const auto is_there = [&] { return item != map.end() && item->first.starts_with(page->prefix); };
  std::string last;
  for (size_t count = 0; is_there() && count < page->limit; ++item, ++count) {
    write(json, *item->second);
    last = item->first;
  }
  json.end_array().key("next_cursor");
  if (is_there()) {
    json.string(last);
  } else {
    json.null();
  }
  std::string text = json.end_object().text();
  // A list has no revisions: its tag is a digest.
  const EntityTag tag(0, 0, text);
  return conditional_response(request, tag, std::move(text));
}

}  // namespace veche::http
