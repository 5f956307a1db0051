// SPDX-License-Identifier: Apache-2.0
#include "http/protocol/head_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace veche::http {
namespace {

const std::string kLine = "GET /v1/rooms HTTP/1.1\r\n";

/// The status for a head with these fields, in pieces of that many bytes.
int status_of(const std::string& fields, size_t piece = SIZE_MAX) {
  HeadGuard guard;
  const std::string text = kLine + fields + "\r\nbody: Host: /";
  for (size_t at = 0; at < text.size(); at += std::min(piece, text.size())) {
    if (const int status = guard.pass(std::string_view(text).substr(at, piece))) return status;
  }
  EXPECT_TRUE(guard.has_ended());
  return 0;
}

TEST(HeadGuard, RefusesOnlyTheLengthsAndHostsThatLibsoupLosesMemoryOver) {
  const struct {
    std::string fields;
    int status;
  } cases[] = {
      {"", 0},
      {"Host: example.org:8080\r\n", 0},
      {"host: example.org/x\r\n", 400},
      {"Referer: http://example.org/\r\n", 0},
      {"Host: " + std::string(2000, 'a') + "/\r\n", 400},
      {"Host: " + std::string(1017, 'a') + "\r/\r\n", 400},
      {"Content-Length: 12\r\n", 0},
      {"Content-Length:12\r\n", 0},
      {"Content-Length: \r\n", 400},
      {"content-length: 1x\r\n", 400},
      {"Content-Length: -1\r\n", 400},
      {"Content-Length: 1, 1\r\n", 400},
      {"Transfer-Encoding: Chunked\r\n", 0},
      {"Transfer-Encoding: odd\r\n", 501},
      {"TRANSFER-ENCODING:gzip, chunked\r\n", 501},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: odd\r\n", 501},
      {"Transfer-Encoding: chunked\n", 0},
      {"X: 1\r\n Host: /\r\n", 400},
      {std::string("Trans\0fer-Encoding: odd\r\n", 25), 400},
      {"no colon\r\n", 0},
  };
  for (const auto& row : cases) {
    for (const size_t piece : {size_t{1}, size_t{7}, SIZE_MAX}) {
      EXPECT_EQ(status_of(row.fields, piece), row.status) << row.fields << " by " << piece;
    }
  }
}

TEST(HeadGuard, EmptyLinesBeforeTheRequestAreNotItsEnd) {
  HeadGuard guard;
  EXPECT_EQ(guard.pass("\r\n\n" + kLine), 0);
  EXPECT_FALSE(guard.has_ended());
  EXPECT_EQ(guard.pass("Host: /\r\n"), 400);
}

TEST(HeadGuard, DoesNotLookIntoTheBody) {
  HeadGuard guard;
  EXPECT_EQ(guard.pass(kLine + "\r\n"), 0);
  EXPECT_EQ(guard.pass(std::string("\0Host: /\r\n", 10)), 0);
}

}  // namespace
}  // namespace veche::http
