// SPDX-License-Identifier: Apache-2.0
// The surroundings of a lane in its tests: recording paths, a selector and a policy written by the
// test, and packets.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "media/lane/switchboard.hpp"

namespace veche::media {

/// Records packets. The lane uses it, the test reads it after a round trip.
class FakePath final : public Path {
 public:
  FakePath() : Path(16) {}
  std::span<uint8_t> begin(size_t size) noexcept override {
    memory_.assign(size, 0);
    return memory_;
  }
  void send(const rtp::PacketView& packet, size_t, int64_t, int64_t) noexcept override {
    sent.emplace_back(packet.bytes().begin(), packet.bytes().end());
  }
  void resend(size_t slot, bool resends) noexcept override { resent.emplace_back(slot, resends); }
  void wish(uint32_t bps, int64_t) noexcept override { wishes.push_back(bps); }
  void pad_with(PaddingWriter* writer) noexcept override { padding = writer; }
  std::vector<std::vector<uint8_t>> sent;
  PaddingWriter* padding = nullptr;
  std::vector<std::pair<size_t, bool>> resent;  ///< The calls.
  std::vector<uint32_t> wishes;

 private:
  std::vector<uint8_t> memory_;
};

/// A selector that calls a function of the test.
class ScriptedRoom final : public Selector::RoomState {
 public:
  using Script = std::function<void(const veche_room_view&, veche_selection&)>;
  explicit ScriptedRoom(Script script) : script_(std::move(script)) {}
  void use_settings(const Selector::Settings&) noexcept override {}
  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    script_(view, selection);
  }

 private:
  Script script_;
};

/// A policy that forwards the packets that a function of the test accepts.
class ScriptedPolicy final : public PacketPolicy {
 public:
  /// `newer` is the number of later packets in the same call.
  using Script = std::function<bool(const veche_packet& packet, uint32_t newer)>;
  explicit ScriptedPolicy(Script wants) : wants_(std::move(wants)) {}
  uint32_t state_size() const override { return 0; }
  bool sees_tags() const override { return shows_tags; }
  void decide(void*, const veche_route& asked, const veche_packet* packets, uint32_t count,
              uint32_t* verdicts) noexcept override {
    route = asked;
    for (uint32_t i = 0; i < count; ++i) {
      verdicts[i] = wants_(packets[i], count - i - 1) ? VECHE_VERDICT_FORWARD : VECHE_VERDICT_DROP;
    }
  }

  bool shows_tags = false;
  veche_route route{};  ///< Of the last call.

 private:
  Script wants_;
};

/// Its last byte is the last of the sequence number.
inline std::vector<uint8_t> opus_packet(uint32_t ssrc, uint16_t sequence, uint8_t level) {
  const auto byte = [](uint32_t value, int shift) { return static_cast<uint8_t>(value >> shift); };
  const uint32_t timestamp = 960u * sequence;
  return {0x90,
          111,
          byte(sequence, 8),
          byte(sequence, 0),
          byte(timestamp, 24),
          byte(timestamp, 16),
          byte(timestamp, 8),
          byte(timestamp, 0),
          byte(ssrc, 24),
          byte(ssrc, 16),
          byte(ssrc, 8),
          byte(ssrc, 0),
          0xbe,
          0xde,
          0,
          1,
          0x10,
          level,
          0,
          0,
          'a',
          'b',
          'c',
          byte(sequence, 0)};
}

}  // namespace veche::media
