// SPDX-License-Identifier: Apache-2.0
// A real lane with paths that only remember what was sent, and packets to post into it.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/time.hpp"
#include "media/attachment.hpp"
#include "media/lane.hpp"

namespace veche::media {

/// Remembers packets. Used by the lane, read by the test after a round trip.
class FakePath final : public Path {
 public:
  std::span<uint8_t> begin(size_t size) noexcept override {
    memory_.assign(size, 0);
    return memory_;
  }
  void send(size_t size) noexcept override {
    if (size == 0) return;
    memory_.resize(size);
    sent.push_back(memory_);
  }
  std::vector<std::vector<uint8_t>> sent;

 private:
  std::vector<uint8_t> memory_;
};

/// A selector whose decision is a function of the test's.
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

class LaneFixture : public testing::Test {
 protected:
  static constexpr uint8_t kLevelExtension = 1;

  LaneFixture() : returns_(loop_) { lanes_.push_back(std::make_unique<Lane>(0, loop_, returns_)); }

  Lane& lane() { return *lanes_[0]; }

  std::shared_ptr<RoomLanes> make_room(ScriptedRoom::Script script) {
    auto room = std::make_shared<RoomLanes>();
    room->feed = std::make_shared<RoomFeed>(RoomId::next());
    room->home = &lane();
    room->all = &lanes_;
    room->used = {&lane()};
    auto lane_room = std::make_unique<LaneRoom>(
        room->feed, std::make_unique<ScriptedRoom>(std::move(script)), lane().counters());
    lane().post(make_command(
        [lane_room = std::move(lane_room)](Lane& on) mutable noexcept { on.add_room(lane_room); }));
    return room;
  }

  static std::shared_ptr<TrackFeed> make_feed(ParticipantId participant, uint32_t source_number) {
    return std::make_shared<TrackFeed>(participant, source_number, MediaKind::Audio, true);
  }

  static std::vector<rtp::SlotFormat> make_slots(uint32_t count, uint32_t first_ssrc) {
    std::vector<rtp::SlotFormat> slots;
    for (uint32_t i = 0; i < count; ++i) {
      rtp::SlotFormat format;
      format.ssrc = first_ssrc + i;
      format.payload_type = 96;
      slots.push_back(format);
    }
    return slots;
  }

  /// Everything that was posted before has happened when this returns.
  void round_trip() {
    bool done = false;
    for (const auto& on : lanes_) {
      done = false;
      on->post(make_command([](Lane&) noexcept {}, [&done] { done = true; }));
      while (!done) loop_.iterate(true);
    }
    returns_.drain();
  }

  /// Runs one selection now, whatever the clock says.
  void select(const RoomLanes& room, int64_t now_ns) {
    room.feed->awake = true;
    lane().post(make_command(
        [id = room.feed->id, now_ns](Lane& on) noexcept { on.find_room(id)->select(now_ns, on); }));
    round_trip();
  }

  void detach(const std::shared_ptr<Attachment>& attachment) {
    bool done = false;
    attachment->detach([&done] { done = true; });
    while (!done) loop_.iterate(true);
  }

  glib::ControlLoop loop_;
  CommandReturns returns_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace veche::media
