// SPDX-License-Identifier: Apache-2.0
// Parts of header fields.
#pragma once

#include <glib.h>

#include <string_view>

namespace veche::http {

/// Without the spaces and tabs around it (OWS, RFC 9110 section 5.6.3).
inline std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// In any case of ASCII letters.
inline bool is_word(std::string_view text, std::string_view word) {
  return text.size() == word.size() &&
         g_ascii_strncasecmp(text.data(), word.data(), word.size()) == 0;
}

}  // namespace veche::http
