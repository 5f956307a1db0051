// SPDX-License-Identifier: Apache-2.0
// Tests of files as answers of a plugin: which parts are sent.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <veche/plugin.hpp>

#include "downloads_fixture.hpp"

namespace veche::http {
namespace {

TEST_F(DownloadsTest, SendTheWholeFile) {
  const Answer answer = download();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.header("content-type"), "audio/webm");
  EXPECT_EQ(answer.header("content-length"), "10");
  EXPECT_EQ(answer.header("accept-ranges"), "bytes");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("content-disposition"), "");
  EXPECT_NE(answer.header("etag"), "");
  EXPECT_NE(answer.header("last-modified"), "");
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, SendTheRangeThatIsAskedFor) {
  const struct {
    const char *range, *content_range, *body;
  } cases[] = {
      {"bytes=0-3", "bytes 0-3/10", "0123"},
      {"bytes=4-5", "bytes 4-5/10", "45"},
      {"bytes=-3", "bytes 7-9/10", "789"},
      {"bytes=8-", "bytes 8-9/10", "89"},
  };
  for (const auto& [range, content_range, body] : cases) {
    SCOPED_TRACE(range);
    const Answer answer = download("Range: " + std::string(range) + "\r\n");
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.header("content-range"), content_range);
    EXPECT_EQ(answer.header("content-length"), std::to_string(answer.body.size()));
    EXPECT_EQ(answer.header("content-type"), "audio/webm");
    EXPECT_EQ(answer.body, body);
  }
  for (const char* range : {"bytes=5-3", "bytes=0-1,4-5", "seconds=0-1"}) {
    const Answer answer = download("Range: " + std::string(range) + "\r\n");
    EXPECT_EQ(answer.status, 200) << range;
    EXPECT_EQ(answer.body, "0123456789") << range;
  }
  const Answer twice = download("Range: bytes=0-1\r\nRange: bytes=4-5\r\n");
  EXPECT_EQ(twice.status, 200);
  const Answer beyond = download("Range: bytes=10-\r\n");
  expect_problem(beyond, 416, "range-not-satisfiable");
  EXPECT_EQ(beyond.header("content-range"), "bytes */10");
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, AnswerHeadWithoutABodyAndWithoutARange) {
  const Answer answer = download("Range: bytes=0-3\r\n", "HEAD");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "10");
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, SendNothingOfAnEmptyFile) {
  ASSERT_EQ(::ftruncate(file_, 0), 0);
  const Answer answer = download();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "0");
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(download("Range: bytes=0-\r\n").header("content-range"), "bytes */0");
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, AreConditional) {
  const Answer first = download();
  const std::string tag = first.header("etag"), date = first.header("last-modified");
  const std::string past = "Thu, 01 Jan 1970 00:00:00 GMT", part = "Range: bytes=0-3\r\n";
  const struct {
    std::string headers;
    int status;
  } cases[] = {
      {"If-None-Match: " + tag, 304},
      {"If-None-Match: \"x\", W/" + tag, 304},
      {"If-None-Match: \"x\"", 200},
      {"If-None-Match: \"x\"\r\nIf-Modified-Since: " + date, 200},
      {"If-Modified-Since: " + date, 304},
      {"If-Modified-Since: " + past, 200},
      {"If-Modified-Since: yesterday", 200},
      {"If-Match: " + tag, 200},
      {"If-Match: \"x\"", 412},
      {"If-Unmodified-Since: " + date, 200},
      {"If-Unmodified-Since: " + past, 412},
      {part + "If-Range: " + tag, 206},
      {part + "If-Range: \"x\"", 200},
      {part + "If-Range: W/" + tag, 200},
      {part + "If-Range: " + date, 200},
      {"Range: bytes=10-\r\nIf-Range: \"x\"", 200},
      {part + "If-None-Match: " + tag, 304},
      {part + "If-Match: \"x\"", 412},
  };
  for (const auto& [headers, status] : cases) {
    const Answer answer = download(headers + "\r\n");
    EXPECT_EQ(answer.status, status) << headers;
    EXPECT_EQ(answer.header("etag"), status == 412 ? "" : tag) << headers;
    EXPECT_EQ(answer.headers.contains("content-length"), status != 304) << headers;
    const char* whole = status == 200 ? "0123456789" : "";
    if (status < 400 && status != 206) {
      EXPECT_EQ(answer.body, whole) << headers;
    }
  }
  ASSERT_EQ(::pwrite(file_, "x", 1, 10), 1);
  EXPECT_EQ(download("If-None-Match: " + tag + "\r\n").status, 200) << "it has grown";
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, NameTheFileForTheClientThatSavesIt) {
  const auto client = ask_open();
  ASSERT_EQ(reply_file(open_file("1"), nullptr, "2026-11-22_blue~1.webm"), VECHE_OK);
  client->receive_all();
  const Answer answer = parse_answer(client->received);
  EXPECT_EQ(answer.header("content-disposition"),
            "attachment; filename=\"2026-11-22_blue~1.webm\"");
  EXPECT_EQ(answer.header("content-type"), "application/octet-stream");
}

TEST_F(DownloadsTest, RefuseWhatIsNoFileAndLeaveItToThePlugin) {
  const auto client = ask_open();
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  const std::string self = "/proc/self/fd/" + std::to_string(file_);
  const int bad[] = {pipe[0], ::open("/tmp", O_RDONLY | O_CLOEXEC), ::open("/dev/zero", O_RDONLY),
                     ::open(self.c_str(), O_WRONLY), ::open(self.c_str(), O_PATH)};
  for (const int fd : bad) {
    EXPECT_EQ(reply_file(fd), VECHE_E_INVALID);
    EXPECT_EQ(::close(fd), 0) << "it was closed";
  }
  ::close(pipe[1]);
  EXPECT_EQ(reply_file(-1), VECHE_E_INVALID);
  EXPECT_EQ(reply_file(file_, "audio/webm\r\nSet-Cookie: a"), VECHE_E_INVALID);
  for (const char* name : {"", ".", "..", "a b", "a\"b", "a/b", "\xc3\xa4", "a\r\nb"}) {
    EXPECT_EQ(reply_file(file_, "audio/webm", name), VECHE_E_INVALID) << name;
  }
  EXPECT_EQ(reply(desk.open), VECHE_OK) << "the request is still open";
  client->receive_all();
  EXPECT_EQ(reply_file(file_), VECHE_E_GONE);
  EXPECT_GE(::fcntl(file_, F_GETFD), 0) << "it was closed";
}

TEST_F(DownloadsTest, SendAGrowingFileAsLongAsItWas) {
  const auto client = ask_open();
  const int fd = open_file("", kMegabyte);
  ASSERT_EQ(reply_file(fd), VECHE_OK);
  ASSERT_EQ(::ftruncate(fd, 2 * kMegabyte), 0) << "before any of it is read";
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).body.size(), kMegabyte);
  EXPECT_EQ(parse_answer(client->received).header("content-length"), std::to_string(kMegabyte));
}

}  // namespace
}  // namespace veche::http
