// SPDX-License-Identifier: Apache-2.0
// WebSocket frames as a client sends them.
#pragma once

#include <string>

#include "http/protocol/websocket_frames.hpp"

namespace veche::http {

inline std::string masked_frame(Opcode opcode, const std::string& payload, bool is_final = true) {
  const char mask[] = {0x11, 0x22, 0x33, 0x44};
  std::string frame = encode_frame(opcode, payload);
  const size_t header_bytes = frame.size() - payload.size();
  for (size_t i = 0; i < payload.size(); ++i) {
    frame[header_bytes + i] = static_cast<char>(frame[header_bytes + i] ^ mask[i % 4]);
  }
  frame[1] = static_cast<char>(frame[1] | 0x80);
  if (!is_final) frame[0] = static_cast<char>(frame[0] & 0x7f);
  return frame.insert(header_bytes, mask, 4);
}

}  // namespace veche::http
