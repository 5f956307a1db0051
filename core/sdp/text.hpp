// SPDX-License-Identifier: Apache-2.0
// SDP text as lines: session attributes and sections, without judging what they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace veche::sdp {

/// All views point into the parsed text.
struct SdpAttribute {
  std::string_view name, value;
};

using SdpAttributes = std::vector<SdpAttribute>;

struct SdpSection {
  std::string_view media, protocol;
  uint16_t port = 0;
  std::vector<std::string_view> formats;
  SdpAttributes attributes;
};

struct SdpText {
  SdpAttributes attributes;
  std::vector<SdpSection> sections;
};

/// InvalidArgument names the line that is not SDP. The m-lines consist of tokens, so they are safe
/// to quote; attribute values hold no control characters, and nothing else is known of them.
Result<SdpText> parse_sdp(std::string_view text, size_t max_sections);

/// The same for a fragment (RFC 8840 section 9): m-lines and attributes, without a description's
/// first lines.
Result<SdpText> parse_sdp_fragment(std::string_view text, size_t max_sections);

/// How error messages name a section: "m-line 2 (audio)".
std::string section_name(const SdpText& sdp, uint32_t index);

bool has_attribute(const SdpAttributes& attributes, std::string_view name);

/// The value of an attribute that may occur only once in its scope, or nothing. The error message
/// begins with `where`.
Result<std::optional<std::string_view>> single_attribute(const SdpAttributes& attributes,
                                                         std::string_view name,
                                                         const std::string& where);

/// Takes the text up to the separator off the front of `rest`, and the separator with it.
std::string_view take_until(std::string_view& rest, char separator);

/// A decimal number of at most 10 digits, no sign, within the range.
std::optional<uint32_t> parse_number(std::string_view text, uint32_t lowest, uint32_t highest);

/// RFC 8866: token.
bool is_token(std::string_view text);

/// Appends a line made of the parts, and its end.
void add_line(std::string& text, std::initializer_list<std::string_view> parts);

}  // namespace veche::sdp
