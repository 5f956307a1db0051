// SPDX-License-Identifier: Apache-2.0
// A switchboard with listeners, tracks and a room, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "../../rtp/packet_builder.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "lane_fakes.hpp"
#include "media/lane/switchboard.hpp"

namespace veche::media {

class SwitchboardTest : public testing::Test {
 protected:
  static constexpr uint8_t kLevel = 30, kLevelExtension = 1;
  static constexpr uint32_t kLane = 3;
  static constexpr int64_t kStart = 1000 * kNsPerS;

  /// Sends in no time, unless the test sets a duration.
  class FakeOutlet final : public Outlet {
   public:
    int64_t flush() noexcept override {
      ++flushes;
      return now_ns += takes_ns;
    }
    int64_t now_ns = kStart, takes_ns = 0;
    int flushes = 0;
  };
  struct Listener {
    FakePath path;
    SessionId id = SessionId::next();
    LaneSession* session = nullptr;
    /// The last bytes of the packets received, which are those of the sequence numbers.
    std::vector<int> heard() const {
      std::vector<int> numbers;
      for (const auto& packet : path.sent) numbers.push_back(packet.back());
      return numbers;
    }
  };

  std::shared_ptr<TrackFeed> add_track() {
    auto feed =
        std::make_shared<TrackFeed>(ParticipantId::next(), 4711, sdp::MediaKind::Audio, true);
    board_.add_track(feed, kLevelExtension, outlet_.now_ns);
    return feed;
  }
  Listener& add_listener(size_t slots = 1, PacketPolicy* policy = nullptr) {
    Listener& listener = listeners_.emplace_back();
    std::vector<rtp::SlotFormat> formats(slots);
    for (size_t i = 0; i < slots; ++i) formats[i].ssrc = static_cast<uint32_t>(200 + i);
    auto session = std::make_unique<LaneSession>(listener.id, ParticipantId::next(), listener.path,
                                                 policy, counters_, formats);
    listener.session = session.get();
    board_.add_session(session);
    return listener;
  }
  /// A packet of the track, which arrived `age_ns` ago.
  void forward(const TrackFeed& feed, uint16_t sequence, int64_t age_ns = 0) {
    const auto bytes = opus_packet(7, sequence, kLevel);
    board_.forward(feed.id, *rtp::PacketView::parse(bytes), outlet_.now_ns - age_ns, kLevel,
                   outlet_.now_ns);
  }
  void remember(const TrackFeed& feed, uint16_t sequence) {
    const auto bytes = opus_packet(7, sequence, kLevel);
    board_.remember(feed.id, *rtp::PacketView::parse(bytes), outlet_.now_ns);
  }
  void fill(const Listener& listener, uint32_t slot, TrackId track) {
    board_.fill(listener.id, slot, track, outlet_.now_ns);
  }
  LaneRoom& add_room(ScriptedRoom::Script script) {
    room_feed_ = std::make_shared<RoomFeed>(RoomId::next());
    auto room = std::make_unique<LaneRoom>(room_feed_, counters_);
    std::unique_ptr<Selector::RoomState> selector =
        std::make_unique<ScriptedRoom>(std::move(script));
    room->swap_selector(selector);
    LaneRoom& added = *room;
    board_.add_room(room, outlet_.now_ns);
    return added;
  }

  const ActAs lane_{ThreadRole::Lane};
  std::deque<Listener> listeners_;
  std::shared_ptr<RoomFeed> room_feed_;  // Of the room that was added last.
  LaneCounters counters_;
  FakeOutlet outlet_;
  Switchboard board_{kLane, counters_, outlet_};
};

}  // namespace veche::media
