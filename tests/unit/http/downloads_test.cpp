// SPDX-License-Identifier: Apache-2.0
// Tests of files as answers of a plugin: what of them is sent, and what becomes of the descriptor
// when the client, the disk, the plugin or the server does not go on.
#include "http/downloads.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <veche/plugin.hpp>

#include "answerer_fixture.hpp"

namespace {

/// A disk that stalls: while it is closed, no pread() of this process returns.
class Gate {
 public:
  void open(bool is_open) {
    const std::lock_guard lock(mutex_);
    is_open_ = is_open;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
    --waiting_;
  }
  int waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  int waiting_ = 0;
} disk;

}  // namespace

// In place of the C library's.
extern "C" ssize_t pread(int fd, void* data, size_t size, off_t offset) {
  disk.pass();
  return ::syscall(SYS_pread64, fd, data, size, offset);
}

namespace veche::http {
namespace {

constexpr size_t kMegabyte = size_t{1024} * 1024;

/// A file without a name, with that text and then zeros up to `size`.
int open_file(const std::string& text, size_t size = 0) {
  char name[] = "/tmp/veche-download-XXXXXX";
  const int fd = mkostemp(name, O_CLOEXEC);
  EXPECT_GE(fd, 0);
  ::unlink(name);
  EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  if (size > 0) {
    EXPECT_EQ(::ftruncate(fd, static_cast<off_t>(size)), 0);
  }
  return fd;
}

/// Bytes that this process has ever read, from files and sockets.
size_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  size_t bytes = 0;
  io >> name >> bytes;
  EXPECT_EQ(name, "rchar:");
  return bytes;
}

[[maybe_unused]] size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

class DownloadsTest : public AnswererTest {
 protected:
  void SetUp() override {
    AnswererTest::SetUp();
    file_ = open_file("0123456789");
    before_ = descriptors();
  }
  void TearDown() override {
    disk.open(true);
    ::close(file_);
    AnswererTest::TearDown();
  }
  veche_status reply_file(int fd, const char* type = "audio/webm", const char* name = nullptr) {
    return desk.http->reply_file(desk.host, desk.open, fd, type, name);
  }
  /// The answer to a request for the file, of which each gets a descriptor.
  Answer download(const std::string& headers = "", const std::string& method = "GET") {
    const auto client = ask_open(headers, 0, method);
    EXPECT_EQ(reply_file(::fcntl(file_, F_DUPFD_CLOEXEC, 0)), VECHE_OK);
    client->receive_all();
    EXPECT_TRUE(client->is_at_end());
    return parse_answer(client->received);
  }
  /// A client of a file of 200 MB, which has received the headers and little else.
  std::unique_ptr<RawClient> begin_download(int receive_buffer_bytes = 4096) {
    auto client = ask_open("", receive_buffer_bytes);
    EXPECT_EQ(reply_file(open_file("", 200 * kMegabyte)), VECHE_OK);
    client->receive_until([&] { return client->received.size() > 1000; });
    EXPECT_EQ(client->received.rfind("HTTP/1.1 200 OK\r\n", 0), 0u) << client->received;
    return client;
  }
  /// As run_until(), for what other threads do.
  bool poll_until(const std::function<bool()>& done) {
    const glib::Timer tick = loop.every(1, [] {});
    return run_until(done);
  }
  bool run_until_descriptors(size_t count) {
    return poll_until([&] { return descriptors() == count; });
  }

  int file_ = -1;
  size_t before_ = 0;  ///< Descriptors.
};

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

TEST_F(DownloadsTest, EndTheConnectionOfAFileThatShrinks) {
  const auto client = ask_open();
  const int fd = open_file("", kMegabyte);
  ASSERT_EQ(reply_file(fd), VECHE_OK);
  ASSERT_EQ(::ftruncate(fd, 100'000), 0);
  client->receive_all();
  EXPECT_TRUE(client->is_at_end());
  EXPECT_EQ(parse_answer(client->received).header("content-length"), std::to_string(kMegabyte));
  EXPECT_EQ(parse_answer(client->received).body.size(), 100'000u);
  client->close();
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, ReadNoFurtherThanTheClientDoes) {
  const size_t read_before = bytes_read();
  const auto client = begin_download();
  // Time enough for all of it.
  for (int i = 0; i < 300; ++i) EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_LT(bytes_read() - read_before, 8 * kMegabyte);
}

TEST_F(DownloadsTest, NeedLittleMemoryForALargeFile) {
  const auto client = begin_download(0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const size_t resident = resident_bytes();
#endif
  size_t received = client->received.size();
  client->receive_until([&] {
    received += std::exchange(client->received, "").size();
    return false;
  });
  EXPECT_TRUE(client->is_at_end());
  EXPECT_GT(received, 200 * kMegabyte);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LT(resident_bytes(), resident + 16 * kMegabyte);
#endif
}

TEST_F(DownloadsTest, CutAClientThatReadsNoMore) {
  Settings settings;
  settings.deadlines.send_ms = 50;
  start(settings);
  const auto client = begin_download();
  // It holds its end of the connection, and that is all.
  EXPECT_TRUE(run_until_descriptors(before_ + 1));
  client->receive_all();
  EXPECT_TRUE(client->is_at_end());
}

TEST_F(DownloadsTest, GoOnForAClientThatIsMerelySlow) {
  Settings settings;
  settings.deadlines.send_ms = 200;
  start(settings);
  const auto client = begin_download();
  bool is_over = false;
  const glib::Timer reads = loop.every(2, [&] { client->receive(); });
  const glib::Timer end = loop.once(3 * settings.deadlines.send_ms, [&] { is_over = true; });
  EXPECT_TRUE(run_until([&] { return is_over; }));
  EXPECT_FALSE(client->is_at_end()) << "after " << client->received.size() << " bytes";
}

TEST_F(DownloadsTest, CloseTheFileWhenTheClientGoes) {
  for (const bool reset : {false, true}) {
    const auto client = begin_download();
    client->close(reset);
    EXPECT_TRUE(run_until_descriptors(before_)) << reset;
  }
}

TEST_F(DownloadsTest, AreLimitedInNumber) {
  std::vector<std::unique_ptr<RawClient>> clients;
  while (clients.size() < Downloads::kMax) clients.push_back(begin_download());
  const Answer refused = download();
  expect_problem(refused, 503, "exhausted");
  EXPECT_EQ(refused.header("retry-after"), "5");
  EXPECT_EQ(download("", "HEAD").status, 200) << "it reads nothing";
  clients.pop_back();
  EXPECT_TRUE(run_until_descriptors(before_ + 3 * clients.size()));
  EXPECT_EQ(download().status, 200);
  clients.clear();
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, LetNobodyElseWaitForADiskThatStalls) {
  disk.open(false);
  const auto client = ask_open();
  ASSERT_EQ(reply_file(open_file("0123456789")), VECHE_OK);
  ASSERT_TRUE(poll_until([] { return disk.waiting() == 1; }));
  EXPECT_EQ(get("/healthz").status, 200);
  disk.open(true);
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).body, "0123456789");
}

TEST_F(DownloadsTest, LetGoOfTheConnectionWhileTheDiskStalls) {
  disk.open(false);
  auto client = ask_open();
  ASSERT_EQ(reply_file(open_file("0123456789")), VECHE_OK);
  ASSERT_TRUE(poll_until([] { return disk.waiting() == 1; }));
  client->close();
  EXPECT_TRUE(run_until_descriptors(before_ + 1)) << "all but the file";
  disk.open(true);
  EXPECT_TRUE(run_until_descriptors(before_));
}

TEST_F(DownloadsTest, CutAConnectionWhoseDiskStallsForTooLong) {
  Settings settings;
  settings.deadlines.send_ms = 50;
  start(settings);
  disk.open(false);
  auto client = ask_open();
  client->send("What it sends on hides its end.");
  ASSERT_EQ(reply_file(open_file("0123456789")), VECHE_OK);
  client->receive_all();
  EXPECT_TRUE(client->is_at_end());
  EXPECT_EQ(parse_answer(client->received).body, "");
  EXPECT_TRUE(run_until_descriptors(before_ + 2)) << "the client's socket, and the file";
}

TEST_F(DownloadsTest, GoOnWhenThePluginStops) {
  const auto client = begin_download();
  plugins->stop();
  EXPECT_EQ(desk.host, nullptr) << "it was destroyed";
  client->receive_until([&] { return client->received.size() > 8 * kMegabyte; });
  EXPECT_GT(client->received.size(), 8 * kMegabyte);
}

TEST_F(DownloadsTest, EndWithTheServer) {
  const auto running = begin_download();
  disk.open(false);
  const auto stalled = ask_open();
  ASSERT_EQ(reply_file(open_file("0123456789")), VECHE_OK);
  ASSERT_TRUE(poll_until([] { return disk.waiting() > 0; }));
  const auto unheard = ask_open();
  ASSERT_EQ(reply_file(open_file("0123456789")), VECHE_OK);
  disk.open(true);  // The server waits for what is being read.
  server = nullptr;
  run();
  for (const auto& client : {running.get(), stalled.get(), unheard.get()}) {
    client->receive_all();
    EXPECT_TRUE(client->is_at_end());
    client->close();
  }
  EXPECT_LT(descriptors(), before_) << "the listener is closed too";
}

TEST_F(DownloadsTest, AreRepliesOfTheWrapper) {
  const Host host(desk.host);
  const auto client = ask_open();
  const veche::Reply sent = veche::Reply::file(open_file("0123456789"), "audio/webm", "a.webm");
  const veche::Reply copy = sent;
  EXPECT_EQ(host.reply(desk.open, copy), VECHE_OK);
  EXPECT_EQ(host.reply(desk.open, veche::Reply::file(open_file("1"), "audio/webm")), VECHE_E_GONE);
  { const veche::Reply unsent = veche::Reply::file(open_file("1"), "audio/webm"); }
  client->receive_all();
  EXPECT_EQ(parse_answer(client->received).body, "0123456789");
  EXPECT_NE(parse_answer(client->received).header("content-disposition"), "");
  client->close();
  EXPECT_TRUE(run_until_descriptors(before_));
}

}  // namespace
}  // namespace veche::http
