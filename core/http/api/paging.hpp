// SPDX-License-Identifier: Apache-2.0
// One page of a map of named things as JSON.
#pragma once

#include <string>

#include "glib/json.hpp"
#include "http/api/api.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {

/// {"<what>": [...], "next_cursor": null or the name after which the next page begins}. `map` goes
/// from names to owned things, `write` writes one of them.
template <class Map, class Write>
Response list_page(const Request& request, const char* what, const Map& map, Write write) {
  const Result<Page> page = page_of(request);
  if (!page) return problem(page.error());
  glib::JsonWriter json;
  json.begin_object().key(what).begin_array();
  auto item = page->cursor.empty() ? map.begin() : map.upper_bound(page->cursor);
  std::string last;
  for (size_t count = 0; item != map.end() && count < page->limit; ++item, ++count) {
    write(json, *item->second);
    last = item->first;
  }
  json.end_array().key("next_cursor");
  if (item == map.end()) {
    json.null();
  } else {
    json.string(last);
  }
  return json_response(200, json.end_object().text());
}

}  // namespace veche::http
