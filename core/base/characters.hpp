// SPDX-License-Identifier: Apache-2.0
// Classes of ASCII characters. Those of the C library depend on the locale.
#pragma once

namespace veche {

constexpr bool is_lower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) noexcept { return is_lower(c) || is_upper(c) || is_digit(c); }

}  // namespace veche
