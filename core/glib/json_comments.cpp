// SPDX-License-Identifier: Apache-2.0
// The comment filter of configuration files.
#include <algorithm>

#include "glib/json.hpp"

namespace veche::glib {
namespace {

/// Of the comment that begins at `begin`; `begin` if none does. A comment without end is none: the
/// parser complains.
size_t end_of_comment(std::string_view text, size_t begin) {
  const std::string_view opening = text.substr(begin, 2);
  if (opening == "//") return std::min(text.find('\n', begin), text.size());
  if (opening != "/*") return begin;
  const size_t closing = text.find("*/", begin + 2);
  return closing == std::string_view::npos ? begin : closing + 2;
}

}  // namespace

std::string without_comments(std::string_view text) {
  std::string out(text);
  bool in_string = false;
  for (size_t i = 0; i < out.size();) {
    size_t end = i + 1;
    if (out[i] == '"') {
      in_string = !in_string;
    } else if (in_string) {
      if (out[i] == '\\') ++end;
    } else if (const size_t comment_end = end_of_comment(text, i); comment_end > i) {
      end = comment_end;
      std::replace_if(
          out.begin() + static_cast<ptrdiff_t>(i), out.begin() + static_cast<ptrdiff_t>(end),
          [](char c) { return c != '\n'; }, ' ');
    }
    i = end;
  }
  return out;
}

}  // namespace veche::glib
