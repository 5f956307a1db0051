// SPDX-License-Identifier: Apache-2.0
// A switchboard with listeners of redundant audio, whose packets are read back.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "switchboard_fixture.hpp"

namespace veche::media {

/// A packet as its receiver understands it: RFC 2198, read independently of the code under test.
struct Heard {
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  std::string primary;
  std::vector<std::pair<uint32_t, std::string>> repeated;  ///< Timestamps and payloads, in order.
};

inline Heard read_heard(const std::vector<uint8_t>& bytes, uint8_t red, uint8_t opus) {
  const auto packet = rtp::PacketView::parse(bytes);
  Heard heard{packet->sequence(), packet->timestamp(), {}, {}};
  const std::string payload(packet->payload().begin(), packet->payload().end());
  if (packet->payload_type() != red) {
    EXPECT_EQ(packet->payload_type(), opus);
    heard.primary = payload;
    return heard;
  }
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(payload.at(i)); };
  std::vector<size_t> lengths;
  size_t at = 0;
  for (; (byte(at) & 0x80) != 0; at += 4) {
    EXPECT_EQ(byte(at) & 0x7f, opus);
    const uint32_t offset = byte(at + 1) * 64u + byte(at + 2) / 4u;
    lengths.push_back((byte(at + 2) & 3u) << 8 | byte(at + 3));
    heard.repeated.emplace_back(heard.timestamp - offset, "");
  }
  EXPECT_EQ(byte(at++), opus);
  for (size_t i = 0; i < lengths.size(); ++i) {
    heard.repeated[i].second = payload.substr(at, lengths[i]);
    at += lengths[i];
  }
  heard.primary = payload.substr(at);
  EXPECT_FALSE(heard.primary.empty());
  return heard;
}

class ProtectionTest : public SwitchboardTest {
 protected:
  static constexpr uint8_t kOpus = 111, kRed = 63;      ///< The publishers'.
  static constexpr uint8_t kPrimary = 96, kSent = 121;  ///< The listeners'.

  ProtectionTest() { feed_ = add_opus_track(); }

  std::shared_ptr<TrackFeed> add_opus_track() {
    auto feed = add_track();
    feed->payload_type = kOpus;
    feed->red_payload_type = kRed;
    return feed;
  }
  /// Nothing but the primary payloads.
  static constexpr Protection kPlain{.repeated = 0};

  /// A listener of feed_. `red` 0: it has no redundant audio.
  Listener& listen(std::optional<Protection> protection, uint8_t red = kSent,
                   PacketPolicy* policy = nullptr) {
    Listener& listener = listeners_.emplace_back();
    auto session = std::make_unique<LaneSession>(
        listener.id, ParticipantId::next(), listener.path, policy, counters_,
        std::vector<rtp::SlotFormat>{{.ssrc = 200,
                                      .payload_type = kPrimary,
                                      .red_payload_type = red,
                                      .audio_level_extension = kLevelExtension}});
    listener.session = session.get();
    board_.add_session(session);
    fill(listener, 0, feed_->id);
    if (protection) board_.protect(listener.id, 0, *protection);
    return listener;
  }
  static rtp::test::PacketSpec packet(uint16_t sequence, const std::string& payload) {
    return {.sequence = sequence,
            .timestamp = 960u * sequence,
            .payload_type = kOpus,
            .payload = {payload.begin(), payload.end()}};
  }
  void send(const rtp::test::PacketSpec& spec) { send(*feed_, spec); }
  void send(const TrackFeed& feed, const rtp::test::PacketSpec& spec) {
    const auto bytes = rtp::test::build(spec);
    board_.forward(feed.id, *rtp::PacketView::parse(bytes), outlet_.now_ns, kLevel, outlet_.now_ns);
    outlet_.now_ns += 20 * kNsPerMs;
  }
  /// A packet for each number, with a payload of "p" and the number.
  void send_all(const std::vector<uint16_t>& sequences) {
    for (const uint16_t i : sequences) send(packet(i, "p" + std::to_string(i) + "."));
  }
  static std::vector<Heard> heard(const Listener& listener) {
    std::vector<Heard> all;
    for (const auto& bytes : listener.path.sent) all.push_back(read_heard(bytes, kSent, kPrimary));
    return all;
  }
  /// "c(a b)": c repeats a and b. Own packets of the server, silence, are "-".
  static std::string text(const Listener& listener) {
    std::string text;
    for (const Heard& each : heard(listener)) {
      const bool is_own = each.primary == "\xf8\xff\xfe";
      text += (text.empty() ? "" : " ") + (is_own ? std::string("-") : each.primary);
      std::string repeated;
      for (const auto& [timestamp, payload] : each.repeated) {
        repeated += (repeated.empty() ? "" : " ") + payload;
      }
      if (!repeated.empty()) text += "(" + repeated + ")";
    }
    return text;
  }

  std::shared_ptr<TrackFeed> feed_;
};

}  // namespace veche::media
