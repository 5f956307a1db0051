// SPDX-License-Identifier: Apache-2.0
// The rule for names that come from outside.
#include "base/ids.hpp"

#include <algorithm>

#include "base/characters.hpp"

namespace veche {

bool is_valid_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alnum(c) || c == '_' || c == '.' || c == '~' || c == '-';
  });
}

}  // namespace veche
