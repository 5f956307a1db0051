// SPDX-License-Identifier: Apache-2.0
// Waiting for commits, and for blocks of a stream.
#include "event_log_fixture.hpp"

#include <algorithm>
#include <utility>

namespace veche::http {

void EventLogTest::append(const std::string& type, const std::string& room,
                          const std::string& participant, const std::string& data) {
  const uint64_t before = events->newest();
  events->append({.room = room,
                  .incarnation = "i",
                  .time_unix_ms = 1000,
                  .type = type,
                  .participant = participant,
                  .data = data});
  EXPECT_TRUE(run_until([&] { return events->newest() > before; }));
}

void EventLogTest::append_many(int count, size_t data_bytes) {
  const uint64_t last = events->newest() + static_cast<uint64_t>(count);
  for (int i = 0; i < count; ++i) {
    events->append({.room = "blue",
                    .incarnation = "i",
                    .type = "room.updated",
                    .data = R"({"a":")" + std::string(data_bytes, 'x') + "\"}"});
  }
  EXPECT_TRUE(run_until([&] { return events->newest() == last; }));
}

StreamClient::StreamClient(glib::ControlLoop& loop, const std::string& url,
                           const std::string& query, const std::string& headers,
                           const std::string& key, int receive_buffer_bytes)
    : client(loop, url, receive_buffer_bytes) {
  client.send(text_of(
      {.path = "/v1/events" + query, .key = key, .headers = std::string(kAcceptStream) + headers}));
  client.receive_until([&] { return client.received.find("\r\n\r\n") != std::string::npos; });
  head = parse_answer(client.received);
  client.received = head.body;
  client.receive_until([&] { return head.status != 200 || !text().last_id.empty(); });
}

const EventStreamText& StreamClient::text() {
  text_.feed(std::exchange(client.received, ""));
  return text_;
}

std::vector<StreamedEvent> StreamClient::await(size_t count) {
  client.receive_until([&] { return text().events.size() >= count; });
  EXPECT_EQ(text().events.size(), count);
  return text().events;
}

std::vector<int> StreamClient::ids() {
  std::vector<int> ids;
  for (const StreamedEvent& event : text().events) ids.push_back(std::stoi(event.id));
  return ids;
}

void StreamClient::await_comment(const std::string& comment) {
  const auto has_come = [&] {
    const std::vector<std::string>& comments = text().comments;
    return std::find(comments.begin(), comments.end(), comment) != comments.end();
  };
  client.receive_until(has_come);
  EXPECT_TRUE(has_come()) << comment;
}

}  // namespace veche::http
