// SPDX-License-Identifier: Apache-2.0
// The query of a list: "limit=20&cursor=...".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace veche::recording {

struct PageQuery {
  size_t limit = 50;
  std::string cursor;  ///< The last id of the page before; "": from the beginning.
};

/// Failure for what is no such query.
PageQuery parse_page(std::string_view query);

}  // namespace veche::recording
