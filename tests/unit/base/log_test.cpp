// SPDX-License-Identifier: Apache-2.0
// The log: one line per fact, whatever somebody outside put into the message.
#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace veche {
namespace {

using testing::EndsWith;
using testing::IsEmpty;
using testing::MatchesRegex;

class BaseLog : public testing::Test {
 protected:
  static std::string written(log::Format format, log::Level level, std::string_view message) {
    log::configure(log::Level::Info, format);
    testing::internal::CaptureStderr();
    log::write(level, "http", message);
    return testing::internal::GetCapturedStderr();
  }
  void TearDown() override { log::configure(log::Level::Info, log::Format::Text); }
};

constexpr const char* kTime = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z";

TEST_F(BaseLog, WritesATextLine) {
  EXPECT_THAT(written(log::Format::Text, log::Level::Warning, "a \"b\" \\"),
              MatchesRegex(std::string(kTime) + " warning http: a \"b\" \\\\\n"));
}

TEST_F(BaseLog, WritesAJsonLine) {
  EXPECT_THAT(written(log::Format::Json, log::Level::Error, "a \"b\" \\"),
              MatchesRegex("\\{\"time\":\"" + std::string(kTime) +
                           "\",\"level\":\"error\",\"component\":\"http\",\"message\":\"a "
                           "\\\\\"b\\\\\" \\\\\\\\\"\\}\n"));
}

TEST_F(BaseLog, NeverWritesControlCharacters) {
  const std::string message("x\n2024 error\r\t\x1b[31m\x7f\0y", 22);
  const std::string escaped = "x\\u000a2024 error\\u000d\\u0009\\u001b[31m\\u007f\\u0000y";
  EXPECT_THAT(written(log::Format::Text, log::Level::Info, message),
              EndsWith(": " + escaped + "\n"));
  EXPECT_THAT(written(log::Format::Json, log::Level::Info, message),
              EndsWith("\"" + escaped + "\"}\n"));
}

TEST_F(BaseLog, LeavesOtherBytesAsTheyAre) {
  EXPECT_THAT(written(log::Format::Text, log::Level::Info, "вече"), EndsWith(": вече\n"));
}

TEST_F(BaseLog, LeavesOutWhatIsLessImportantThanItsLevel) {
  EXPECT_THAT(written(log::Format::Text, log::Level::Debug, "a"), IsEmpty());
  EXPECT_FALSE(log::enabled(log::Level::Debug));
  EXPECT_TRUE(log::enabled(log::Level::Info));
}

}  // namespace
}  // namespace veche
