// SPDX-License-Identifier: Apache-2.0
// Parsing one range.
#include "http/protocol/byte_range.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "http/protocol/text.hpp"

namespace veche::http {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

/// Nothing if the text is not a number; the largest number if it does not fit.
std::optional<uint64_t> read_number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  uint64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    number = number > (kMax - digit) / 10 ? kMax : number * 10 + digit;
  }
  return number;
}

}  // namespace

ByteRange read_byte_range(std::string_view header, uint64_t size) {
  const ByteRange whole{}, beyond{ByteRange::Kind::Unsatisfiable};
  const size_t equals = header.find('=');
  if (equals == std::string_view::npos || !is_word(trimmed(header.substr(0, equals)), "bytes")) {
    return whole;
  }
  const std::string_view range = trimmed(header.substr(equals + 1));
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view last_text = range.substr(dash + 1);
  const auto first = read_number(range.substr(0, dash)), last = read_number(last_text);
  if (dash == 0) {
    if (!last) return whole;
    if (*last == 0) return beyond;
    // No Content-Range can describe the last bytes of an empty file.
    return size == 0 ? whole
                     : ByteRange{ByteRange::Kind::Part, size - std::min(*last, size), size - 1};
  }
  if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return whole;
  if (*first >= size) return beyond;
  return {ByteRange::Kind::Part, *first, std::min(last.value_or(kMax), size - 1)};
}

}  // namespace veche::http
