// SPDX-License-Identifier: Apache-2.0
// A client of the WebSocket, and a room to follow.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <regex>
#include <string>

#include "../http_fixture.hpp"
#include "../protocol/masked_frame.hpp"

namespace veche::http {

inline constexpr char kHandshake[] =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
inline constexpr char kProtocol[] = "Sec-WebSocket-Protocol: chat, veche.v1\r\n";

/// Checks that each message follows the one before, and that it says when it was sent.
class Listener {
 public:
  Listener(glib::ControlLoop& loop, const std::string& url, const Call& call,
           int receive_buffer_bytes = 0)
      : client(loop, url, receive_buffer_bytes) {
    client.send(text_of(call));
    client.receive_until([this] { return client.received.find("\r\n\r\n") != std::string::npos; });
    const size_t end = client.received.find("\r\n\r\n");
    handshake = parse_answer(client.received);
    if (end != std::string::npos) client.received.erase(0, end + 4);
  }

  void send(const std::string& text) { client.send(masked_frame(Opcode::Text, text)); }
  /// The next frame's payload, without seq, time and stream; a close frame is "close CODE", the end
  /// of the connection "".
  std::string next() {
    client.receive_until([this] { return length() > 0; });
    const size_t size = length();
    if (size == 0) return "";
    const auto opcode = static_cast<Opcode>(client.received[0] & 0x0f);
    std::string payload = client.received.substr(size - payload_, payload_);
    client.received.erase(0, size);
    if (opcode == Opcode::Text) return without_head(payload);
    if (opcode != Opcode::Close) return payload;
    return "close " + std::to_string(static_cast<uint8_t>(payload[0]) * 256 +
                                     static_cast<uint8_t>(payload[1]));
  }

  RawClient client;
  Answer handshake;
  uint64_t seq = 0;    ///< Of the last message; to be set before a stream is resumed.
  std::string stream;  ///< Of the last snapshot or resumption.

 private:
  /// Of the first frame; 0 if it is incomplete.
  size_t length() {
    const std::string& bytes = client.received;
    if (bytes.size() < 2) return 0;
    size_t header = 2;
    payload_ = static_cast<uint8_t>(bytes[1]);
    if (payload_ == 126 && bytes.size() >= 4) {
      header = 4;
      payload_ = static_cast<size_t>(static_cast<uint8_t>(bytes[2])) * 256 +
                 static_cast<uint8_t>(bytes[3]);
    }
    return bytes.size() < header + payload_ ? 0 : header + payload_;
  }
  std::string without_head(const std::string& message) {
    static const std::regex head(
        R"re(^(\{"type":"[a-z]+"),"seq":(\d+),"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")re"
        R"re((?:,"stream":"([0-9a-f]{32})")?)re");
    std::smatch match;
    const std::string begin = message.substr(0, 200);
    if (!std::regex_search(begin, match, head)) {
      ADD_FAILURE() << begin;
      return message;
    }
    EXPECT_EQ(match[2], std::to_string(++seq)) << begin;
    if (match[3].matched) stream = match[3];
    return match[1].str() + message.substr(static_cast<size_t>(match.length()));
  }

  size_t payload_ = 0;
};

class HttpEvents : public HttpTest {
 protected:
  static Call events_of(const std::string& participant, const std::string& query = "") {
    return {.path = "/v1/rooms/blue/participants/" + participant + "/events" + query,
            .headers = std::string(kHandshake) + kProtocol};
  }
  std::unique_ptr<Listener> listen(const std::string& participant, const std::string& query = "") {
    auto listener = std::make_unique<Listener>(loop, url(), events_of(participant, query));
    EXPECT_EQ(listener->handshake.status, 101);
    return listener;
  }
  void tick() {
    now_ns_ += 100 * kNsPerMs;
    rooms->tick(now_ns_);
    run();
  }
  int64_t now_ns_ = monotonic_ns();
};

}  // namespace veche::http
