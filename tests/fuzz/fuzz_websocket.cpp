// SPDX-License-Identifier: Apache-2.0
// Fuzz target: however a client's bytes are cut into pieces, the same WebSocket messages come out,
// and none is larger than allowed.
#include <glib.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "../unit/http/protocol/masked_frame.hpp"
#include "http/protocol/websocket_frames.hpp"

namespace {

using veche::http::CloseCode;
using veche::http::FrameParser;
using veche::http::Message;
using veche::http::Opcode;

/// Small enough for noise to reach it, and large enough for a length of two bytes.
constexpr size_t kMaxMessageBytes = 300;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::vector<Message> messages;
  std::optional<CloseCode> error;
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.error == b.error &&
         std::equal(a.messages.begin(), a.messages.end(), b.messages.begin(), b.messages.end(),
                    [](const Message& one, const Message& other) {
                      return one.opcode == other.opcode && one.payload == other.payload;
                    });
}

/// `size_of_piece` is asked with what is left.
template <class SizeOfPiece>
Outcome parse(std::string_view bytes, SizeOfPiece size_of_piece) {
  FrameParser parser(kMaxMessageBytes);
  Outcome outcome;
  while (!bytes.empty()) {
    // An own allocation per piece, so that sanitizers see a read past its end.
    const std::vector<char> piece(bytes.begin(),
                                  bytes.begin() + std::min(bytes.size(), size_of_piece(bytes)));
    bytes.remove_prefix(piece.size());
    parser.feed({piece.data(), piece.size()});
    while (auto message = parser.next()) {
      require(!outcome.error);
      outcome.messages.push_back(std::move(*message));
    }
    if (outcome.error) require(parser.error() == outcome.error);
    outcome.error = parser.error();
  }
  return outcome;
}

void check(const Message& message) {
  const std::string& payload = message.payload;
  require(payload.size() <= kMaxMessageBytes);
  require(message.opcode != Opcode::Continuation);
  if (message.opcode == Opcode::Text) {
    require(g_utf8_validate_len(payload.data(), payload.size(), nullptr));
  }
  if (message.opcode >= Opcode::Close) require(payload.size() <= 125);
  const Outcome again = parse(masked_frame(message.opcode, payload),
                              [](std::string_view rest) { return rest.size(); });
  require(again == Outcome{{message}, std::nullopt});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome whole = parse(bytes, [](std::string_view rest) { return rest.size(); });
  for (const Message& message : whole.messages) check(message);
  require(whole == parse(bytes, [](std::string_view) { return size_t{1}; }));
  // Uneven pieces that the fuzzer can choose: each begins with its own size.
  require(whole == parse(bytes, [](std::string_view rest) {
            return size_t{1} + static_cast<uint8_t>(rest.front()) % 32;
          }));
  return 0;
}
