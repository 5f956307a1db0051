// SPDX-License-Identifier: Apache-2.0
// Tests of WebSocket frames: the examples of RFC 6455, and clients that break its rules.
#include "http/protocol/websocket_frames.hpp"

#include <gtest/gtest.h>

#include "masked_frame.hpp"

namespace veche::http {
namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

TEST(WebSocketFrames, ReadsTheMaskedExampleOfTheRfc) {
  FrameParser parser(100);
  parser.feed(bytes({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
  const auto message = parser.next();
  ASSERT_TRUE(message);
  EXPECT_EQ(message->opcode, Opcode::Text);
  EXPECT_EQ(message->payload, "Hello");
  EXPECT_FALSE(parser.next());
  EXPECT_FALSE(parser.error());
}

TEST(WebSocketFrames, WritesAllThreeLengths) {
  EXPECT_EQ(encode_frame(Opcode::Text, "Hello"), bytes({0x81, 5}) + "Hello");
  EXPECT_EQ(encode_frame(Opcode::Text, std::string(125, 'x')).substr(0, 2), bytes({0x81, 125}));
  EXPECT_EQ(encode_frame(Opcode::Text, std::string(126, 'x')).substr(0, 4),
            bytes({0x81, 126, 0, 126}));
  EXPECT_EQ(encode_frame(Opcode::Text, std::string(65536, 'x')).substr(0, 10),
            bytes({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(encode_close(CloseCode::Normal), bytes({0x88, 2, 0x03, 0xe8}));
}

TEST(WebSocketFrames, ReadsByteByByte) {
  FrameParser parser(1000);
  const std::string text(300, 'y');
  const std::string frame = masked_frame(Opcode::Text, text);
  for (size_t i = 0; i + 1 < frame.size(); ++i) {
    parser.feed(frame.substr(i, 1));
    ASSERT_FALSE(parser.next());
  }
  parser.feed(frame.substr(frame.size() - 1));
  EXPECT_EQ(parser.next()->payload, text);
}

TEST(WebSocketFrames, JoinsFragmentsWithControlFramesBetweenThem) {
  FrameParser parser(100);
  parser.feed(masked_frame(Opcode::Text, "one ", false) + masked_frame(Opcode::Ping, "p") +
              masked_frame(Opcode::Continuation, "two", true) +
              masked_frame(Opcode::Text, "three"));
  EXPECT_EQ(parser.next()->opcode, Opcode::Ping);
  EXPECT_EQ(parser.next()->payload, "one two");
  EXPECT_EQ(parser.next()->payload, "three");
}

TEST(WebSocketFrames, BoundsAMessageAlsoWhenItIsFragmented) {
  FrameParser whole(10);
  whole.feed(masked_frame(Opcode::Text, std::string(11, 'x')).substr(0, 6));
  EXPECT_FALSE(whole.next());
  EXPECT_EQ(whole.error(), CloseCode::TooBig) << "known from the header alone";

  FrameParser fragmented(10);
  fragmented.feed(masked_frame(Opcode::Text, "xxxxxx", false) +
                  masked_frame(Opcode::Continuation, "xxxxx", false));
  EXPECT_FALSE(fragmented.next());
  EXPECT_EQ(fragmented.error(), CloseCode::TooBig);
}

TEST(WebSocketFrames, EndsWithTheCodeThatFitsTheMistake) {
  const std::string masked = masked_frame(Opcode::Text, "x");
  struct Row {
    const char* what;
    std::string frame;
    CloseCode code;
  };
  const Row rows[] = {
      {"not masked", encode_frame(Opcode::Text, "x"), CloseCode::ProtocolError},
      {"reserved bit", bytes({0xc1}) + masked.substr(1), CloseCode::ProtocolError},
      {"unknown opcode", bytes({0x83}) + masked.substr(1), CloseCode::ProtocolError},
      {"unknown control opcode", bytes({0x8b}) + masked.substr(1), CloseCode::ProtocolError},
      {"fragmented ping", masked_frame(Opcode::Ping, "x", false), CloseCode::ProtocolError},
      {"long ping", masked_frame(Opcode::Ping, std::string(126, 'x')), CloseCode::ProtocolError},
      {"continuation of nothing", masked_frame(Opcode::Continuation, "x"),
       CloseCode::ProtocolError},
      {"text within a message", masked_frame(Opcode::Text, "x", false) + masked,
       CloseCode::ProtocolError},
      {"no UTF-8", masked_frame(Opcode::Text, "\xff"), CloseCode::BadData},
      {"2^63 bytes", bytes({0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), CloseCode::TooBig},
  };
  for (const Row& row : rows) {
    FrameParser parser(1000);
    parser.feed(row.frame);
    while (parser.next()) {
    }
    EXPECT_EQ(parser.error(), row.code) << row.what;
    parser.feed(masked);
    EXPECT_FALSE(parser.next()) << row.what << ": nothing comes after an error";
  }
}

TEST(WebSocketFrames, TakesUtf8ThatIsSplitBetweenFragments) {
  FrameParser parser(100);
  parser.feed(masked_frame(Opcode::Text, "\xc3", false) +
              masked_frame(Opcode::Continuation, "\xa9", true));
  EXPECT_EQ(parser.next()->payload, "\xc3\xa9");
}

}  // namespace
}  // namespace veche::http
