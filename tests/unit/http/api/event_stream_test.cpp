// SPDX-License-Identifier: Apache-2.0
// Tests of GET /v1/events as Server-Sent Events: where a stream begins, what it brings, and when it
// ends.
#include <gtest/gtest.h>

#include "../connection/tls_client.hpp"
#include "event_log_fixture.hpp"
#include "http/api/event_followers.hpp"

namespace veche::http {
namespace {

class EventStream : public EventLogTest {
 protected:
  std::unique_ptr<StreamClient> open(const std::string& query = "", const std::string& headers = "",
                                     const std::string& key = "dev.devsecret",
                                     int receive_buffer_bytes = 0) {
    auto client =
        std::make_unique<StreamClient>(loop, url(), query, headers, key, receive_buffer_bytes);
    EXPECT_EQ(client->head.status, 200) << client->head.body;
    return client;
  }
  static std::vector<int> numbers(int first, int last) {
    std::vector<int> all;
    for (int i = first; i <= last; ++i) all.push_back(i);
    return all;
  }
};

TEST_F(EventStream, BeginsNowAndBringsEachEvent) {
  append("a.a");
  const auto stream = open();
  EXPECT_EQ(stream->head.header("content-type"), "text/event-stream");
  EXPECT_EQ(stream->head.header("cache-control"), "no-store");
  EXPECT_EQ(stream->head.header("connection"), "close");
  EXPECT_EQ(stream->head.header("content-length"), "");
  EXPECT_EQ(stream->head.header("transfer-encoding"), "");
  EXPECT_EQ(stream->text().last_id, "1") << "a reader that reconnects before the first event";
  EXPECT_EQ(stream->text().retry, "2000");
  append("participant.joined", "blue", "ann", R"({"name":"Ann"})");
  const StreamedEvent event = stream->await(1)[0];
  EXPECT_EQ(event.id, "2");
  EXPECT_EQ(event.type, "participant.joined");
  EXPECT_EQ(event.data, events::envelope({.id = 2,
                                          .room = "blue",
                                          .incarnation = "i",
                                          .seq = 2,
                                          .time_unix_ms = 1000,
                                          .type = "participant.joined",
                                          .participant = "ann",
                                          .data = R"({"name":"Ann"})"}));
}

TEST_F(EventStream, GoesOnAfterTheLastEventThatTheReaderHas) {
  append_many(5);
  EXPECT_EQ(open("?after=2")->await(3)[0].id, "3");
  EXPECT_EQ(open("", "Last-Event-ID: 3\r\n")->await(2)[0].id, "4");
  EXPECT_EQ(open("?after=2", "Last-Event-ID: 4\r\n")->await(1)[0].id, "5")
      << "a browser reconnects with the same URL";
  const auto from_the_start = open("?after=0");
  from_the_start->await(5);
  append_many(2);
  from_the_start->await(7);
  EXPECT_EQ(from_the_start->ids(), numbers(1, 7));
  EXPECT_EQ(get("/v1/events", std::string(kAcceptStream) + "Last-Event-ID: x\r\n").status, 400);
}

TEST_F(EventStream, TellsAReaderThatItsIdIsOfAnotherLog) {
  append_many(3);
  const auto stream = open("?room=blue", "Last-Event-ID: 99\r\n");
  EXPECT_EQ(stream->await(4)[0], (StreamedEvent{"0", "reset", R"({"oldest":1,"newest":3})"}));
  append_many(1);
  stream->await(5);
  EXPECT_EQ(stream->ids(), numbers(0, 4)) << "it goes on with the oldest";
}

TEST_F(EventStream, BringsWhatTheFilterTakes) {
  const auto joins = open("?types=participant.*"), red = open("?room=red"), all = open();
  append("participant.joined", "blue", "ann");
  append("track.published", "red", "ann");
  append("participant.joined", "red", "bob");
  append("room.closed", "blue");
  joins->await(2);
  red->await(2);
  all->await(4);
  EXPECT_EQ(joins->ids(), (std::vector<int>{1, 3}));
  EXPECT_EQ(red->ids(), (std::vector<int>{2, 3}));
  EXPECT_EQ(all->ids(), numbers(1, 4));
  const auto later = open("?after=0&participant=bob");
  later->await(1);
  EXPECT_EQ(later->ids(), std::vector<int>{3}) << "a page of the log";
}

TEST_F(EventStream, BeatsWithThePlaceThatItHasReached) {
  Settings settings;
  settings.deadlines.heartbeat_ms = 40;
  start(settings);
  const auto quiet = open("?room=nobody");
  EXPECT_EQ(quiet->text().last_id, "0");
  append_many(3);
  quiet->client.receive_until([&] { return quiet->text().last_id == "3"; });
  quiet->await_comment("heartbeat");
  EXPECT_EQ(quiet->text().last_id, "3");
  EXPECT_TRUE(quiet->text().events.empty());
}

TEST_F(EventStream, EndsWhenItsKeyIsRemoved) {
  Settings settings = this->settings();
  const auto stays = open(), ends = open("", "", "eye.eyesecret");
  settings.keys.erase(settings.keys.begin() + 2);
  ASSERT_TRUE(server->use(settings));
  ends->client.receive_all();
  EXPECT_TRUE(ends->client.is_at_end());
  EXPECT_EQ(ends->text().comments, std::vector<std::string>{"ends: key_removed"});
  append("a.a");
  stays->await(1);
}

TEST_F(EventStream, LeavesNothingBehind) {
  const size_t before = descriptors();
  for (int i = 0; i < 20; ++i) {
    auto stream = open();
    append_many(1);
    if (i % 3 > 0) stream->await(1);
    stream->client.close(i % 2 == 0);
  }
  EXPECT_TRUE(run_until([&] { return descriptors() == before; }));
  append_many(1);
}

TEST_F(EventStream, LosesNothingForAReaderThatIsSlow) {
  const auto slow = open("", "", "dev.devsecret", 4096), fast = open();
  // More than the kernel holds, and than the tail keeps.
  append_many(2500, 500);
  fast->await(2500);
  slow->await(2500);
  EXPECT_EQ(slow->ids(), numbers(1, 2500));
  EXPECT_EQ(fast->ids(), numbers(1, 2500));
}

TEST_F(EventStream, EndsAReaderThatStalls) {
  Settings settings;
  settings.deadlines.send_ms = 500;
  start(settings);
  const auto lively = open();
  run();
  const size_t before = descriptors();
  const auto stalled = open("", "", "dev.devsecret", 4096);
  append_many(300, 2000);
  EXPECT_TRUE(run_until([&] {
    lively->client.receive();
    return descriptors() == before + 1;  // The client's own end stays.
  }));
  lively->await(300);
  EXPECT_EQ(lively->ids(), numbers(1, 300)) << "others are not disturbed";
  stalled->client.receive_all();
  EXPECT_TRUE(stalled->client.is_at_end());
  const std::vector<int> received = stalled->ids();
  EXPECT_LT(received.size(), 300u);
  EXPECT_EQ(received, numbers(1, static_cast<int>(received.size()))) << "what came has no gaps";
}

TEST_F(EventStream, HasABoundedNumberOfReaders) {
  EventFollowers followers(loop, *events, {});
  std::vector<std::shared_ptr<void>> seats;
  for (size_t i = 0; i < EventFollowers::kMost; ++i) seats.push_back(followers.take_seat());
  EXPECT_TRUE(seats.back());
  EXPECT_FALSE(followers.take_seat());
  seats.pop_back();
  EXPECT_TRUE(followers.take_seat());
}

TEST_F(EventStream, HasNoBodyForHead) {
  const Answer head = call({.method = "HEAD", .path = "/v1/events", .headers = kAcceptStream});
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(head.body, "");
}

TEST_F(EventStream, OpensForOtherOriginsAsTheConfigurationSays) {
  Settings settings;
  settings.cors_origins = {"https://app.example"};
  start(settings);
  const std::string origin = "Origin: https://app.example\r\n";
  EXPECT_EQ(open("", origin)->head.header("access-control-allow-origin"), "https://app.example");
  const Answer preflight = call({.method = "OPTIONS", .path = "/v1/events", .headers = origin});
  EXPECT_NE(preflight.header("access-control-allow-headers").find("Last-Event-ID"),
            std::string::npos);
}

TEST_F(EventStream, EndsAfterTheLastEventWhenTheServerStops) {
  const auto stream = open();
  for (int i = 0; i < 500; ++i) events->append({.room = "blue", .incarnation = "i", .type = "a.a"});
  server->finish_events();
  stream->client.receive_all();
  EXPECT_TRUE(stream->client.is_at_end());
  EXPECT_EQ(stream->ids(), numbers(1, 500));
  EXPECT_EQ(stream->text().comments, std::vector<std::string>{"ends: server_stopping"});
  EXPECT_TRUE(run_until([&] { return server->has_finished_events(); }));
}

TEST_F(EventStream, OutlivesEverythingInAnyOrder) {
  auto stream = open();
  auto behind = open("?after=0");
  append_many(3);
  stream->client.close(true);
  server = nullptr;
  behind->client.receive_all();
  EXPECT_TRUE(behind->client.is_at_end());
  events->append({.room = "blue", .incarnation = "i", .type = "a.a"});
  run();
  start({});
  open("?after=0")->await(4);
}

TEST_F(EventStream, GoesOverTls) {
  const Certificates certificates;
  Settings settings;
  settings.tls = certificates.make("first");
  start(settings);
  append_many(200, 2000);
  TlsClient client(loop, url());
  ASSERT_TRUE(client.handshake());
  client.send(text_of({.path = "/v1/events?after=0", .headers = kAcceptStream}));
  const auto received = [&] { return EventStreamText(parse_answer(client.received).body).events; };
  client.receive_until([&] { return received().size() == 200; });
  ASSERT_EQ(received().size(), 200u);
  EXPECT_EQ(received().back().id, "200");
  client.close();
}

}  // namespace
}  // namespace veche::http
