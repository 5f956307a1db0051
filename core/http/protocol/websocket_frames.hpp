// SPDX-License-Identifier: Apache-2.0
// WebSocket frames (RFC 6455, section 5) on the server's side: bytes in, messages out, and back.
// Pure.
//
// libsoup 3.2 has a WebSocket connection of its own, but without a limit for fragmented messages
// (CVE-2025-32049), for what is queued, or for what it reads in one go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace veche::http {

enum class Opcode : uint8_t {
  Continuation = 0,
  Text = 1,
  Binary = 2,
  Close = 8,
  Ping = 9,
  Pong = 10,
};

/// RFC 6455, section 7.4.1, and IANA's registry of close codes.
enum class CloseCode : uint16_t {
  Normal = 1000,
  GoingAway = 1001,
  ProtocolError = 1002,
  UnsupportedData = 1003,
  BadData = 1007,
  PolicyViolation = 1008,
  TooBig = 1009,
  Unauthorized = 3000,
};

struct Message {
  Opcode opcode = Opcode::Text;  ///< Never Continuation.
  std::string payload;
};

/// A frame of a server: final and not masked.
std::string encode_frame(Opcode opcode, std::string_view payload);
std::string encode_close(CloseCode code);

class FrameParser {
 public:
  explicit FrameParser(size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  /// Adds received bytes. Keeps at most one message and one header beyond those taken out.
  void feed(std::string_view bytes) {
    if (!error_) buffer_.append(bytes);
  }
  /// The next whole message or control frame; nothing if bytes are missing. After an error, see
  /// error(), it returns nothing more.
  std::optional<Message> next();
  /// The code to close the connection with, once the client has broken the rules.
  std::optional<CloseCode> error() const { return error_; }

 private:
  struct Header {
    bool is_final;
    Opcode opcode;
    size_t length;        ///< Of the payload.
    size_t header_bytes;  ///< The masking key included.
  };
  std::optional<Header> parse_header();
  bool check(const Header& header);
  std::string take_payload(const Header& header);
  std::optional<Message> add_fragment(const Header& header, const std::string& payload);
  std::nullopt_t fail(CloseCode code);

  const size_t max_message_bytes_;
  std::string buffer_;
  std::optional<Message> fragments_;  ///< A message that is not complete yet.
  std::optional<CloseCode> error_;
};

}  // namespace veche::http
