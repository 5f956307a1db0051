// SPDX-License-Identifier: Apache-2.0
// The log: one line per fact, for any message from outside.
#include "base/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/time.hpp"

namespace veche {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

class BaseLog : public testing::Test {
 protected:
  static std::string written(log::Format format, log::Level level, std::string_view message,
                             const log::About& about = {}) {
    log::configure(log::Level::Info, format);
    testing::internal::CaptureStderr();
    log::write(level, "http", message, about);
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

TEST_F(BaseLog, LeavesOtherCharactersAsTheyAre) {
  EXPECT_THAT(written(log::Format::Text, log::Level::Info, "вече"), EndsWith(": вече\n"));
  EXPECT_THAT(written(log::Format::Json, log::Level::Info, "вече €𝄞"), EndsWith("\"вече €𝄞\"}\n"));
}

TEST_F(BaseLog, WritesNothingThatIsNoUtf8) {
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"}) {
    std::string mark;
    for (size_t i = 0; i < std::string(bad).size(); ++i) mark += "\\ufffd";
    EXPECT_THAT(written(log::Format::Json, log::Level::Info, "a" + std::string(bad) + "b"),
                EndsWith("\"a" + mark + "b\"}\n"));
  }
}

TEST_F(BaseLog, SaysWhomALineIsAbout) {
  const log::About ann{"blue", "ann", "5e5510"};
  const auto line = [&](log::Format format, const log::About& about) {
    return written(format, log::Level::Info, "connected", about);
  };
  EXPECT_THAT(line(log::Format::Text, ann),
              EndsWith("http: connected [room=blue participant=ann session=5e5510]\n"));
  EXPECT_THAT(line(log::Format::Text, {"blue", {}, {}}), EndsWith("connected [room=blue]\n"));
  EXPECT_THAT(
      line(log::Format::Json, ann),
      EndsWith(R"("message":"connected","room":"blue","participant":"ann","session":"5e5510"})"
               "\n"));
  EXPECT_THAT(line(log::Format::Json, {"b\"\n", {}, {}}),
              EndsWith(R"("message":"connected","room":"b\"\u000a"})"
                       "\n"));
}

TEST_F(BaseLog, LinesInAScopeAreAboutItUnlessTheySayOtherwise) {
  const auto line = [](const log::About& about = {}) {
    return written(log::Format::Text, log::Level::Info, "a", about);
  };
  {
    const log::Scope room({"blue", {}, {}});
    {
      const log::Scope participant({"blue", "ann", {}});
      EXPECT_THAT(line(), EndsWith(": a [room=blue participant=ann]\n"));
      EXPECT_THAT(line({"red", {}, {}}), EndsWith(": a [room=red]\n"));
    }
    EXPECT_THAT(line(), EndsWith(": a [room=blue]\n"));
  }
  EXPECT_THAT(line(), EndsWith(": a\n"));
}

class BaseLogLimited : public BaseLog {
 protected:
  void SetUp() override { log::use_clock(now); }
  void TearDown() override {
    log::settle(true);
    log::use_clock(monotonic_ns);
    BaseLog::TearDown();
  }
  static int64_t now() { return now_ns; }
  static void warn(int count) {
    for (int i = 0; i < count; ++i) log::warning("http", "no. " + std::to_string(i));
  }
  template <class Task>
  static std::string captured(Task task) {
    testing::internal::CaptureStderr();
    task();
    return testing::internal::GetCapturedStderr();
  }
  static long lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

  static inline int64_t now_ns = kNsPerS;
};

TEST_F(BaseLogLimited, TheSameWarningIsWrittenSoOftenAndThenCounted) {
  EXPECT_EQ(lines(captured([] { warn(57); })), LogLimit::kMost);
  EXPECT_THAT(captured([] { log::settle(); }), IsEmpty());
  now_ns += LogLimit::kWindowNs;
  const std::string summary = captured([] { log::info("main", "something else"); });
  EXPECT_EQ(lines(summary), 2);
  EXPECT_THAT(summary, HasSubstr("warning http: 37 more like this were not written: no. 20\n"));
  EXPECT_EQ(lines(captured([] { warn(1); })), 1);
}

TEST_F(BaseLogLimited, OtherStatementsAndOtherLevelsAreNotHeldBack) {
  captured([] { warn(30); });
  EXPECT_EQ(lines(captured([] { log::warning("http", "another one"); })), 1);
  EXPECT_EQ(lines(captured([] {
              for (int i = 0; i < 30; ++i) log::info("http", "a");
            })),
            30);
  EXPECT_THAT(captured([] { log::settle(true); }), HasSubstr(": 10 more like this"));
}

TEST_F(BaseLog, LeavesOutWhatIsLessImportantThanItsLevel) {
  EXPECT_THAT(written(log::Format::Text, log::Level::Debug, "a"), IsEmpty());
  EXPECT_FALSE(log::enabled(log::Level::Debug));
  EXPECT_TRUE(log::enabled(log::Level::Info));
}

}  // namespace
}  // namespace veche
