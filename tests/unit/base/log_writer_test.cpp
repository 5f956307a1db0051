// SPDX-License-Identifier: Apache-2.0
// The thread that writes the log: order, bounds, a reader that stalls, and the end.
#include "base/log_writer.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "base/time.hpp"

namespace veche {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

/// A pipe that holds little.
struct Pipe {
  Pipe() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader = Descriptor(ends[0]);
    writer = Descriptor(ends[1]);
    ::fcntl(writer.get(), F_SETPIPE_SZ, 4096);
    std::signal(SIGPIPE, SIG_IGN);
  }
  /// Nothing more fits into it. Returns what is in it now.
  std::string fill() const {
    ::fcntl(writer.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    while (::write(writer.get(), "-", 1) == 1) text += '-';
    ::fcntl(writer.get(), F_SETFL, 0);
    return text;
  }
  /// Reads until `end` has come.
  std::string read_until(const std::string& end) const {
    std::string text;
    char buffer[4096];
    while (text.find(end) == std::string::npos) {
      const ssize_t count = ::read(reader.get(), buffer, sizeof buffer);
      if (count <= 0) break;
      text.append(buffer, static_cast<size_t>(count));
    }
    return text;
  }
  Descriptor reader, writer;
};

std::string line(int number) { return "line " + std::to_string(number) + "\n"; }

TEST(BaseLogWriter, WritesLinesInTheirOrderAcrossTheEndOfTheRing) {
  const Pipe pipe;
  std::string expected;
  {
    LogWriter writer(pipe.writer.get(), 64);
    for (int i = 0; i < 100; ++i) {
      expected += line(i);
      ASSERT_TRUE(writer.push(line(i), false));
      ASSERT_TRUE(writer.flush(5'000));
    }
    EXPECT_EQ(writer.dropped(), 0u);
  }
  EXPECT_EQ(pipe.read_until(line(99)), expected);
}

TEST(BaseLogWriter, AReaderThatStallsStopsNobodyAndCostsLinesThatAreCounted) {
  const Pipe pipe;
  std::string expected = pipe.fill();
  LogWriter writer(pipe.writer.get(), 4096);
  const std::string text(99, 'x');
  uint64_t refused = 0;
  for (int i = 0; i < 400; ++i) {
    if (writer.push(text + "\n", false)) {
      expected += text + "\n";
    } else {
      ++refused;
    }
  }
  EXPECT_EQ(refused, 370u);
  EXPECT_EQ(writer.dropped(), refused);
  EXPECT_TRUE(writer.push("an error\n", true)) << "important lines have room of their own";
  EXPECT_FALSE(writer.flush(10)) << "it does not wait for ever";

  EXPECT_EQ(pipe.read_until("an error\n"), expected + "an error\n");
  EXPECT_TRUE(writer.flush(5'000));
}

TEST(BaseLogWriter, WritesWhatIsQueuedBeforeItEnds) {
  const Pipe pipe;
  std::string read;
  std::thread reader([&] { read = pipe.read_until(line(999)); });
  {
    LogWriter writer(pipe.writer.get());
    for (int i = 0; i < 1000; ++i) writer.push(line(i), false);
  }
  reader.join();
  EXPECT_THAT(read, EndsWith(line(999)));
}

TEST(BaseLogWriter, CountsWhatNobodyReadsAnyMore) {
  Pipe pipe;
  LogWriter writer(pipe.writer.get());
  pipe.reader = Descriptor();
  EXPECT_TRUE(writer.push("a\n", false));
  EXPECT_TRUE(writer.flush(5'000));
  EXPECT_EQ(writer.dropped(), 1u);
}

TEST(BaseLogWriter, OfTheLogSaysHowManyLinesItDropped) {
  const Pipe pipe;
  log::configure(log::Level::Info, log::Format::Text);
  static int64_t now_ns = kNsPerS;
  log::use_clock(+[] { return now_ns += LogLimit::kWindowNs; });  // No other limit.
  const uint64_t before = log::dropped_lines();
  {
    const log::Background background(pipe.writer.get());
    const std::string text(LogWriter::kCapacityBytes / 16, 'x');
    for (int i = 0; i < 20; ++i) log::info("room", text);
    const uint64_t dropped = log::dropped_lines() - before;
    EXPECT_GE(dropped, 6u);
    log::error("room", "the last line");
    pipe.read_until("the last line\n");
    log::flush(30'000);  // What has been read has also been counted as written.
    log::settle();
    EXPECT_THAT(pipe.read_until("too slow\n"),
                HasSubstr(" warning log: " + std::to_string(dropped) + " lines were dropped"));
  }
  log::use_clock(monotonic_ns);
}

}  // namespace
}  // namespace veche
