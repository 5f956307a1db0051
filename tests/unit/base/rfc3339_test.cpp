// SPDX-License-Identifier: Apache-2.0
// Times as RFC 3339 writes them.
#include "base/rfc3339.hpp"

#include <gtest/gtest.h>

namespace veche {
namespace {

TEST(Rfc3339, HasMillisecondsAndIsUtc) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(1'700'000'000'007), "2023-11-14T22:13:20.007Z");
  EXPECT_EQ(rfc3339(1'709'164'800'000), "2024-02-29T00:00:00.000Z");
}

TEST(Rfc3339, StaysWithinTheCalendar) {
  EXPECT_EQ(rfc3339(-1), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(rfc3339(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace veche
