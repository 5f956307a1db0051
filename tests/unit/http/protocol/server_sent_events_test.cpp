// SPDX-License-Identifier: Apache-2.0
// Tests of the text/event-stream format: blocks as a browser reads them, ids, and Accept.
#include "http/protocol/server_sent_events.hpp"

#include <gtest/gtest.h>

#include "event_stream_text.hpp"

namespace veche::http {
namespace {

TEST(ServerSentEvents, WriteOneBlockForEachEvent) {
  EXPECT_EQ(event_block(7, "room.created", R"({"id":7})"),
            "id: 7\nevent: room.created\ndata: {\"id\":7}\n\n");
  EXPECT_EQ(opening_block(41, 2000), "retry: 2000\nid: 41\n\n");
  EXPECT_EQ(heartbeat_block(41), ": heartbeat\nid: 41\n\n");
  EXPECT_EQ(comment_block("ends: key_removed"), ": ends: key_removed\n\n");
}

TEST(ServerSentEvents, BringTheDataAsItWas) {
  const struct {
    const char* data;
    const char* read;
  } cases[] = {
      {"{}", "{}"},
      {"", ""},
      {" a", " a"},
      {"a\nb", "a\nb"},
      {"a\r\nb", "a\nb"},
      {"a\rb", "a\nb"},
      {"a\n\nb", "a\n\nb"},
      {"a\n", "a\n"},
      {"a\n\ndata: b\n\nid: 9", "a\n\ndata: b\n\nid: 9"},
      {"a\r\n\r\n: c", "a\n\n: c"},
  };
  for (const auto& [data, read] : cases) {
    const EventStreamText stream(event_block(3, "a.b", data) + event_block(4, "c.d", "{}"));
    const std::vector<StreamedEvent> expected{{"3", "a.b", read}, {"4", "c.d", "{}"}};
    EXPECT_EQ(stream.events, expected) << data;
  }
}

TEST(ServerSentEvents, LetNoTypeAndNoCommentBeginAnotherLine) {
  const EventStreamText stream(event_block(3, "a\ndata: evil", "{}") +
                               comment_block("c\n\ndata: evil\n"));
  EXPECT_EQ(stream.events, (std::vector<StreamedEvent>{{"3", "a", "{}"}}));
  EXPECT_EQ(stream.comments, std::vector<std::string>{"c"});
}

TEST(ServerSentEvents, MoveTheReaderWithoutAnEvent) {
  const EventStreamText stream(opening_block(41, 2000) + heartbeat_block(57));
  EXPECT_TRUE(stream.events.empty());
  EXPECT_EQ(stream.last_id, "57");
  EXPECT_EQ(stream.retry, "2000");
  EXPECT_EQ(stream.comments, std::vector<std::string>{"heartbeat"});
}

TEST(ServerSentEvents, TakeIdsThatAreNumbers) {
  EXPECT_EQ(parse_event_id("after", "0").value(), 0u);
  EXPECT_EQ(parse_event_id("after", "42").value(), 42u);
  EXPECT_EQ(parse_event_id("after", "9223372036854775807").value(), 9223372036854775807u);
  for (const char* bad : {"", " 1", "1 ", "-1", "+1", "0x1", "1.0", "1e3", "abc", "12a", "1,2",
                          "9223372036854775808", "18446744073709551616"}) {
    const Result<uint64_t> id = parse_event_id("Last-Event-ID", bad);
    ASSERT_FALSE(id.ok()) << bad;
    EXPECT_EQ(id.error().message.rfind("Last-Event-ID has to be", 0), 0u) << id.error().message;
  }
}

TEST(ServerSentEvents, AreForThoseThatNameThemInAccept) {
  for (const char* accept : {"text/event-stream", "Text/Event-Stream", " text/event-stream ",
                             "application/json, text/event-stream", "text/event-stream;q=0.5",
                             "text/event-stream; charset=utf-8", "text/event-stream ; q = 0.001"}) {
    EXPECT_TRUE(accepts_event_stream(accept)) << accept;
  }
  for (const char* accept :
       {"", "*/*", "text/*", "application/json", "text/event-streams", "xtext/event-stream",
        "text/event-stream;q=0", "text/event-stream; Q=0.000", "text/html;a=text/event-stream",
        ",;,=;", "text/event-stream;;q=0"}) {
    EXPECT_FALSE(accepts_event_stream(accept)) << accept;
  }
}

}  // namespace
}  // namespace veche::http
