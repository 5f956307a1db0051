// SPDX-License-Identifier: Apache-2.0
// Each class of characters, at its borders and over all bytes.
#include "base/characters.hpp"

#include <gtest/gtest.h>

#include <string>

namespace veche {
namespace {

std::string all_of_class(bool (*is_member)(char)) {
  std::string members;
  for (int c = -128; c < 128; ++c) {
    if (is_member(static_cast<char>(c))) members += static_cast<char>(c);
  }
  return members;
}

TEST(Characters, EachClassHasItsMembersAndNoOthers) {
  const std::string digits = "0123456789", uppers = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                    lowers = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_EQ(all_of_class([](char c) { return is_digit(c); }), digits);
  EXPECT_EQ(all_of_class([](char c) { return is_upper(c); }), uppers);
  EXPECT_EQ(all_of_class([](char c) { return is_lower(c); }), lowers);
  EXPECT_EQ(all_of_class([](char c) { return is_alnum(c); }), digits + uppers + lowers);
}

}  // namespace
}  // namespace veche
