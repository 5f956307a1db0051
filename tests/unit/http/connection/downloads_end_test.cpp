// SPDX-License-Identifier: Apache-2.0
// Tests of files as answers of a plugin: what happens to the descriptor and the connection when the
// client, the disk, the plugin or the server stops.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <veche/plugin.hpp>

#include "../../allocated_bytes.hpp"
#include "../../repetitions.hpp"
#include "downloads_fixture.hpp"

namespace veche::http {
namespace {

/// The bytes that this process has ever read, from files and sockets.
size_t bytes_read() {
  std::ifstream io("/proc/self/io");
  std::string name;
  size_t bytes = 0;
  io >> name >> bytes;
  EXPECT_EQ(name, "rchar:");
  return bytes;
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

TEST_F(DownloadsTest, EndWhenTheKeyOfTheirCallerIsRemoved) {
  const auto client = begin_download();
  Settings without_dev = settings();
  without_dev.keys.erase(without_dev.keys.begin());
  ASSERT_TRUE(server->use(without_dev));
  client->receive_all();
  EXPECT_TRUE(client->is_at_end());
  EXPECT_LT(client->received.size(), 100 * kMegabyte);
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
  const size_t before = test::allocated_bytes();
  // The whole file, and under a sanitizer more than may be in memory.
  constexpr size_t kEnough = test::repetitions(400) * kMegabyte;
  size_t received = client->received.size(), most = 0;
  client->receive_until([&] {
    received += std::exchange(client->received, "").size();
    most = std::max(most, test::allocated_bytes());
    return received > kEnough;
  });
  EXPECT_GT(received, std::min(kEnough, 200 * kMegabyte));
  EXPECT_LT(most, before + 16 * kMegabyte);
}

TEST_F(DownloadsTest, CutAClientThatReadsNoMore) {
  Settings settings;
  settings.deadlines.send_ms = 50;
  start(settings);
  const auto client = begin_download();
  // It keeps its end of the connection open and does nothing else.
  EXPECT_TRUE(run_until_descriptors(before_ + 1));
  client->receive_all();
  EXPECT_TRUE(client->is_at_end());
}

TEST_F(DownloadsTest, GoOnForAClientThatIsMerelySlow) {
  Settings settings;
  settings.deadlines.send_ms = 1000;  // Longer than a loaded machine stalls.
  start(settings);
  const auto client = begin_download();
  bool is_over = false;
  const glib::Timer reads = loop.every(2, [&] { client->receive(); });
  const glib::Timer end = loop.once(2 * settings.deadlines.send_ms, [&] { is_over = true; });
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
  disk.open(true);  // The server waits for the read in progress.
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
