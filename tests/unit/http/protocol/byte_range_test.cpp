// SPDX-License-Identifier: Apache-2.0
// Tests of the Range header: tables of headers and their meaning.
#include "http/protocol/byte_range.hpp"

#include <gtest/gtest.h>

namespace veche::http {
namespace {

using Kind = ByteRange::Kind;

TEST(ByteRange, IsOneRangeWithinTheFile) {
  const struct {
    const char* header;
    uint64_t size, first, last;
  } cases[] = {
      {"bytes=0-0", 10, 0, 0},
      {"bytes=0-9", 10, 0, 9},
      {"bytes=3-5", 10, 3, 5},
      {"bytes=3-", 10, 3, 9},
      {"bytes=9-9", 10, 9, 9},
      {"bytes=3-10", 10, 3, 9},
      {"bytes=0-99999999999999999999999", 10, 0, 9},
      {"bytes=-1", 10, 9, 9},
      {"bytes=-10", 10, 0, 9},
      {"bytes=-11", 10, 0, 9},
      {"bytes=-99999999999999999999999", 10, 0, 9},
      {"Bytes= 3-5 ", 10, 3, 5},
      {"bytes=5000000000-5000000001", 6'000'000'000, 5'000'000'000, 5'000'000'001},
  };
  for (const auto& [header, size, first, last] : cases) {
    SCOPED_TRACE(header);
    const ByteRange range = read_byte_range(header, size);
    EXPECT_EQ(range.kind, Kind::Part);
    EXPECT_EQ(range.first, first);
    EXPECT_EQ(range.last, last);
  }
}

TEST(ByteRange, IsBeyondTheEnd) {
  for (const char* header :
       {"bytes=10-", "bytes=10-20", "bytes=99999999999999999999999-", "bytes=-0"}) {
    EXPECT_EQ(read_byte_range(header, 10).kind, Kind::Unsatisfiable) << header;
  }
  EXPECT_EQ(read_byte_range("bytes=0-", 0).kind, Kind::Unsatisfiable);
}

TEST(ByteRange, IsTheWholeWhereItIsNotOneRange) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-3", "bytes=a-5", "bytes=5-a",
        "bytes=-a", "bytes=--5", "bytes=+1-5", "bytes=1 - 5", "bytes=0-1,3-4", "bytes=0-1,",
        "lines=0-1", "=0-1", "bytes:0-1", "bytes=0x1-5"}) {
    EXPECT_EQ(read_byte_range(header, 10).kind, Kind::Whole) << header;
  }
  EXPECT_EQ(read_byte_range("bytes=-5", 0).kind, Kind::Whole) << "it has no last bytes";
}

}  // namespace
}  // namespace veche::http
