// SPDX-License-Identifier: Apache-2.0
// Result: a value or an error, moved and not copied on request.
#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace veche {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid("odd: " + std::to_string(number));
  return number / 2;
}

TEST(BaseResult, HoldsAValue) {
  const Result<int> result = half(8);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, 4);
  EXPECT_EQ(result.value(), 4);
}

TEST(BaseResult, HoldsAnError) {
  const Result<int> result = half(7);
  ASSERT_FALSE(result.ok());
  EXPECT_FALSE(static_cast<bool>(result));
  EXPECT_EQ(result.error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(result.error().message, "odd: 7");
}

TEST(BaseResult, MovesItsValueOut) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  EXPECT_EQ(**result, 5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(BaseResult, MovesItsErrorOutIntoAnother) {
  Result<int> first = not_found("room r");
  const Result<std::string> second = std::move(first).error();
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::NotFound);
  EXPECT_EQ(second.error().message, "room r");
}

TEST(BaseResult, LetsItsValueBeChanged) {
  Result<std::string> result = std::string("a");
  *result += "b";
  EXPECT_EQ(result->size(), 2u);
  EXPECT_EQ(*result, "ab");
}

TEST(BaseResult, NamesTheCodeOfEachMaker) {
  EXPECT_EQ(invalid("").code, ErrorCode::InvalidArgument);
  EXPECT_EQ(not_found("").code, ErrorCode::NotFound);
  EXPECT_EQ(internal("").code, ErrorCode::Internal);
}

TEST(BaseStatus, IsOkWithoutAValue) {
  const Status good = Ok{};
  const Status bad = internal("disk");
  EXPECT_TRUE(good.ok());
  EXPECT_FALSE(bad.ok());
}

}  // namespace
}  // namespace veche
