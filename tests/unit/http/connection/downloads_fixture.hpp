// SPDX-License-Identifier: Apache-2.0
// A plugin that answers with files, on a disk that can stall.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "../api/answerer_fixture.hpp"
#include "http/connection/downloads.hpp"

namespace veche::http {

/// A disk that stalls: while it is closed, no pread() of this process returns.
class StallingDisk {
 public:
  void open(bool is_open);
  void pass();
  /// The number of threads blocked on the disk.
  int waiting();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  int waiting_ = 0;
};
extern StallingDisk disk;

inline constexpr size_t kMegabyte = size_t{1024} * 1024;

/// A file without a name, with that text and then zeros up to `size`.
int open_file(const std::string& text, size_t size = 0);

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
  /// The answer to a request for the file; each gets its own descriptor.
  Answer download(const std::string& headers = "", const std::string& method = "GET") {
    const auto client = ask_open(headers, 0, method);
    EXPECT_EQ(reply_file(::fcntl(file_, F_DUPFD_CLOEXEC, 0)), VECHE_OK);
    client->receive_all();
    EXPECT_TRUE(client->is_at_end());
    return parse_answer(client->received);
  }
  /// A client of a file of 200 MB that has received the headers and little else.
  std::unique_ptr<RawClient> begin_download(int receive_buffer_bytes = 4096) {
    auto client = ask_open("", receive_buffer_bytes);
    EXPECT_EQ(reply_file(open_file("", 200 * kMegabyte)), VECHE_OK);
    client->receive_until([&] { return client->received.size() > 1000; });
    EXPECT_EQ(client->received.rfind("HTTP/1.1 200 OK\r\n", 0), 0u) << client->received;
    return client;
  }
  /// Like run_until(), for the actions of other threads.
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

}  // namespace veche::http
