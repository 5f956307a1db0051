// SPDX-License-Identifier: Apache-2.0
// Accepts limit, cursor and incarnations, and nothing else.
#include "recording/control/query.hpp"

#include <charconv>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

constexpr size_t kMaxLimit = 100;

size_t parse_limit(std::string_view value) {
  size_t limit = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), limit);
  if (error != std::errc() || end != value.data() + value.size() || limit == 0 ||
      limit > kMaxLimit) {
    throw Failure(VECHE_E_INVALID, "limit is a number from 1 to " + std::to_string(kMaxLimit));
  }
  return limit;
}

}  // namespace

PageQuery parse_page(std::string_view query) {
  PageQuery page;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    const size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (name == "limit") {
      page.limit = parse_limit(value);
    } else if (name == "cursor") {
      page.cursor = value;
    } else if (name == "incarnations" && (value == "all" || value == "current")) {
      page.all_incarnations = value == "all";
    } else if (name == "incarnations") {
      throw Failure(VECHE_E_INVALID, "incarnations is \"all\" or \"current\"");
    } else {
      throw Failure(VECHE_E_INVALID,
                    "the query has \"limit\", \"cursor\" and \"incarnations\", not \"" +
                        std::string(name) + "\"");
    }
  }
  return page;
}

}  // namespace veche::recording
