// SPDX-License-Identifier: Apache-2.0
// The query of a list: "limit=20&cursor=...&incarnations=all".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace veche::recording {

struct PageQuery {
  size_t limit = 50;
  std::string cursor;             ///< The last id of the previous page; "": from the beginning.
  bool all_incarnations = false;  ///< Of a room: those of earlier rooms of its name too.
};

/// Throws Failure if the query has anything else.
PageQuery parse_page(std::string_view query);

}  // namespace veche::recording
