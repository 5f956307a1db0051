// SPDX-License-Identifier: Apache-2.0
// Encoding and parsing of WebSocket frames.
#include "http/protocol/websocket_frames.hpp"

#include <glib.h>

namespace veche::http {
namespace {

constexpr size_t kMaskBytes = 4;
constexpr size_t kMaxControlBytes = 125;

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

void append_big_endian(std::string& out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> shift & 0xff);
  }
}

bool is_control(Opcode opcode) { return static_cast<uint8_t>(opcode) >= 8; }

bool is_known(uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

}  // namespace

std::string encode_frame(Opcode opcode, std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  frame += static_cast<char>(0x80 | static_cast<uint8_t>(opcode));
  if (payload.size() <= kMaxControlBytes) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xffff) {
    frame += static_cast<char>(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(127);
    append_big_endian(frame, payload.size(), 8);
  }
  return frame.append(payload);
}

std::string encode_close(CloseCode code) {
  std::string payload;
  append_big_endian(payload, static_cast<uint16_t>(code), 2);
  return encode_frame(Opcode::Close, payload);
}

std::nullopt_t FrameParser::fail(CloseCode code) {
  error_ = code;
  buffer_.clear();
  fragments_.reset();
  return std::nullopt;
}

std::optional<Message> FrameParser::next() {
  while (!error_) {
    const std::optional<Header> header = parse_header();
    if (!header || !check(*header)) return std::nullopt;
    if (buffer_.size() < header->header_bytes + header->length) return std::nullopt;
    std::string payload = take_payload(*header);
    if (is_control(header->opcode)) return Message{header->opcode, std::move(payload)};
    std::optional<Message> message = add_fragment(*header, payload);
    if (message) return message;
  }
  return std::nullopt;
}

std::optional<FrameParser::Header> FrameParser::parse_header() {
  if (buffer_.size() < 2) return std::nullopt;
  const auto first = static_cast<uint8_t>(buffer_[0]);
  const auto second = static_cast<uint8_t>(buffer_[1]);
  // No extension was negotiated that could use the reserved bits, and clients have to mask.
  const bool is_masked = (second & 0x80) != 0;
  if ((first & 0x70) != 0 || !is_masked || !is_known(first & 0x0f)) {
    return fail(CloseCode::ProtocolError);
  }
  const size_t short_length = second & 0x7f;
  const size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  if (buffer_.size() < 2 + length_bytes + kMaskBytes) return std::nullopt;
  uint64_t length = short_length;
  if (length_bytes > 0) length = big_endian(std::string_view(buffer_).substr(2, length_bytes));
  if (length > max_message_bytes_) return fail(CloseCode::TooBig);
  return Header{(first & 0x80) != 0, static_cast<Opcode>(first & 0x0f), static_cast<size_t>(length),
                2 + length_bytes + kMaskBytes};
}

bool FrameParser::check(const Header& header) {
  if (is_control(header.opcode)) {
    if (header.is_final && header.length <= kMaxControlBytes) return true;
    fail(CloseCode::ProtocolError);
    return false;
  }
  const bool continues = header.opcode == Opcode::Continuation;
  if (continues != fragments_.has_value()) {
    fail(CloseCode::ProtocolError);
    return false;
  }
  const size_t have = fragments_ ? fragments_->payload.size() : 0;
  if (have + header.length <= max_message_bytes_) return true;
  fail(CloseCode::TooBig);
  return false;
}

std::string FrameParser::take_payload(const Header& header) {
  std::string payload = buffer_.substr(header.header_bytes, header.length);
  const std::string_view mask =
      std::string_view(buffer_).substr(header.header_bytes - kMaskBytes, kMaskBytes);
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ mask[i % kMaskBytes]);
  }
  buffer_.erase(0, header.header_bytes + header.length);
  return payload;
}

std::optional<Message> FrameParser::add_fragment(const Header& header, const std::string& payload) {
  if (!fragments_) fragments_ = Message{header.opcode, {}};
  fragments_->payload += payload;
  if (!header.is_final) return std::nullopt;
  Message message = std::move(*fragments_);
  fragments_.reset();
  const std::string& text = message.payload;
  if (message.opcode == Opcode::Text && !text.empty() &&
      !g_utf8_validate_len(text.data(), text.size(), nullptr)) {
    return fail(CloseCode::BadData);
  }
  return message;
}

}  // namespace veche::http
