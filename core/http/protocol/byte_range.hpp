// SPDX-License-Identifier: Apache-2.0
// The Range header (RFC 9110, section 14.2). Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace veche::http {

struct ByteRange {
  enum class Kind { Whole, Part, Unsatisfiable };
  Kind kind = Kind::Whole;
  uint64_t first = 0;  ///< Of a part.
  uint64_t last = 0;   ///< Within the representation.
};

/// What the header asks of a representation of that size. The server serves one range, and answers
/// several ranges, malformed headers and units other than bytes with the whole.
ByteRange read_byte_range(std::string_view header, uint64_t size);

}  // namespace veche::http
