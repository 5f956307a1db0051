// SPDX-License-Identifier: Apache-2.0
// Events in the log of a server under test, and a client that reads them as a stream.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../http_fixture.hpp"
#include "../protocol/event_stream_text.hpp"
#include "events/log.hpp"

namespace veche::http {

constexpr char kAcceptStream[] = "Accept: text/event-stream\r\n";

class EventLogTest : public HttpTest {
 protected:
  /// Waits until it is committed.
  void append(const std::string& type, const std::string& room = "blue",
              const std::string& participant = "", const std::string& data = "{}");
  /// Several, of about this size.
  void append_many(int count, size_t data_bytes = 0);
};

/// A reader of GET /v1/events as a stream.
class StreamClient {
 public:
  /// `query`: with its "?", if there is one.
  StreamClient(glib::ControlLoop& loop, const std::string& url, const std::string& query = "",
               const std::string& headers = "", const std::string& key = "dev.devsecret",
               int receive_buffer_bytes = 0);

  /// What has come so far.
  const EventStreamText& text();
  /// Runs the server until so many events have come in all, or 5 s.
  std::vector<StreamedEvent> await(size_t count);
  /// Their ids, of all that have come.
  std::vector<int> ids();
  void await_comment(const std::string& comment);

  RawClient client;
  Answer head;

 private:
  EventStreamText text_;
};

}  // namespace veche::http
