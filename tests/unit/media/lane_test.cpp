// SPDX-License-Identifier: Apache-2.0
// Lanes: routes, pre-roll, selection and its limits, attach and detach.
#include "media/lane.hpp"

#include "lane_fixture.hpp"
#include "media/first_come.hpp"

namespace veche::media {
namespace {

/// Everybody hears the track of this participant in their first slot.
ScriptedRoom::Script everybody_hears(const TrackId& track) {
  return [&track](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.listener_count; ++i) {
      if (view.listeners[i].slot_count > 0) {
        selection.slots[view.listeners[i].first_slot].track = track.value;
      }
    }
  };
}

uint32_t ssrc_of(const std::vector<uint8_t>& packet) {
  return rtp::PacketView::parse(packet)->ssrc();
}

class LaneTest : public LaneFixture {
 protected:
  void post(const TrackFeed& feed, uint16_t sequence, bool preroll = false, uint8_t level = 30) {
    ASSERT_TRUE(lane().post_packet(feed.id, opus_packet(7, sequence, level), monotonic_ns(), level,
                                   preroll));
  }

  const ParticipantId talker_ = ParticipantId::next();
  const ParticipantId listener_ = ParticipantId::next();
  FakePath talker_path_, listener_path_;
};

TEST_F(LaneTest, ForwardsAPacketToTheSlotThatTheSelectorFilled) {
  const auto feed = make_feed(talker_, 4711);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         make_slots(1, 100), {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(2, 200), {});
  round_trip();
  round_trip();
  EXPECT_EQ(feed->wanted_lanes.load(), 0u);
  select(*room, 1);
  EXPECT_EQ(feed->wanted_lanes.load(), lane().bit());
  post(*feed, 10);
  post(*feed, 11);
  round_trip();
  ASSERT_EQ(listener_path_.sent.size(), 2u);
  const auto view = rtp::PacketView::parse(listener_path_.sent[0]);
  EXPECT_EQ(view->ssrc(), 200u);
  EXPECT_EQ(view->payload_type(), 96);
  EXPECT_EQ(listener_path_.sent[0][0] & 0x0f, 1);      // One CSRC,
  EXPECT_EQ(listener_path_.sent[0][15], 4711 & 0xff);  // the talker's source number.
  // Nobody hears themselves, although the selector said so, and that is counted.
  EXPECT_TRUE(talker_path_.sent.empty());
  EXPECT_GE(lane().counters().bad_selections.value(), 1u);
  detach(listener);
  detach(talker);
}

TEST_F(LaneTest, ReplaysWhatThePolicyWantsOfThePreroll) {
  class LastTwo final : public PacketPolicy {
   public:
    uint32_t state_size() const override { return 0; }
    void decide(void*, const veche_route&, const veche_packet* packets, uint32_t count,
                uint32_t* verdicts) noexcept override {
      for (uint32_t i = 0; i < count; ++i) {
        const bool old = (packets[i].flags & VECHE_PACKET_PREROLL) != 0 && i + 2 < count;
        verdicts[i] = old ? VECHE_VERDICT_DROP : VECHE_VERDICT_FORWARD;
      }
    }
  } policy;
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           &policy, make_slots(1, 200), {});
  round_trip();
  select(*room, 1);
  for (const uint16_t sequence : {1, 2, 3, 4}) post(*feed, sequence, true);
  post(*feed, 5);
  round_trip();
  ASSERT_EQ(listener_path_.sent.size(), 3u);
  EXPECT_EQ(listener_path_.sent[0].back(), 3);
  EXPECT_EQ(listener_path_.sent[1].back(), 4);
  EXPECT_EQ(listener_path_.sent[2].back(), 5);
  detach(listener);
  detach(talker);
}

TEST_F(LaneTest, AListenerThatComesToARunningTrackGetsItsHistoryToo) {
  class Everything final : public PacketPolicy {
   public:
    uint32_t state_size() const override { return 0; }
    void decide(void*, const veche_route&, const veche_packet*, uint32_t count,
                uint32_t* verdicts) noexcept override {
      for (uint32_t i = 0; i < count; ++i) verdicts[i] = VECHE_VERDICT_FORWARD;
    }
  } policy;
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto first = Attachment::attach(room, SessionId::next(), listener_, listener_path_, &policy,
                                        make_slots(1, 200), {});
  round_trip();
  select(*room, 1);
  for (const uint16_t sequence : {1, 2, 3}) post(*feed, sequence);
  round_trip();
  FakePath late_path;
  const auto late = Attachment::attach(room, SessionId::next(), ParticipantId::next(), late_path,
                                       &policy, make_slots(1, 300), {});
  round_trip();
  select(*room, 2);
  post(*feed, 4);
  round_trip();
  ASSERT_EQ(late_path.sent.size(), 4u);
  EXPECT_EQ(late_path.sent[0].back(), 1);
  EXPECT_EQ(late_path.sent[3].back(), 4);
  for (const auto& attachment : {late, first, talker}) detach(attachment);
}

TEST_F(LaneTest, BlockedAndMutedTracksLeaveTheirSlotsWhateverTheSelectorSays) {
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(1, 200), {});
  round_trip();
  select(*room, 1);
  post(*feed, 1);
  round_trip();
  EXPECT_EQ(listener_path_.sent.size(), 1u);

  feed->muted = true;
  select(*room, 2);
  post(*feed, 2);
  round_trip();
  EXPECT_EQ(listener_path_.sent.size(), 1u);
  EXPECT_EQ(feed->wanted_lanes.load(), 0u);

  feed->muted = false;
  lane().post(make_command([id = room->feed->id, this](Lane& on) noexcept {
    on.find_room(id)->set_preferences(listener_, {{talker_, false, true}});
  }));
  select(*room, 3);
  post(*feed, 3);
  round_trip();
  EXPECT_EQ(listener_path_.sent.size(), 1u);
  detach(listener);
  detach(talker);
}

TEST_F(LaneTest, ATrackNeverFillsTwoSlotsOfOneListener) {
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room([&](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.slot_count; ++i) selection.slots[i].track = track.value;
  });
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(3, 200), {});
  round_trip();
  select(*room, 1);
  post(*feed, 1);
  round_trip();
  ASSERT_EQ(listener_path_.sent.size(), 1u);
  EXPECT_EQ(ssrc_of(listener_path_.sent[0]), 200u);
  EXPECT_EQ(lane().counters().bad_selections.value(), 2u);
  detach(listener);
  detach(talker);
}

TEST_F(LaneTest, ASelectorThatInventsTracksIsRefusedAndCounted) {
  const auto room = make_room([](const veche_room_view& view, veche_selection& selection) {
    for (uint32_t i = 0; i < view.slot_count; ++i) selection.slots[i].track = 0xdeadbeef;
    selection.dominant = 0xdeadbeef;
  });
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(2, 200), {});
  round_trip();
  select(*room, 1);
  EXPECT_EQ(lane().counters().bad_selections.value(), 2u);
  detach(listener);
}

TEST_F(LaneTest, DetachingTheTalkerFreesTheSlotAndLeavesNoRoute) {
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(1, 200), {});
  round_trip();
  select(*room, 1);
  detach(talker);
  EXPECT_EQ(feed->wanted_lanes.load(), 0u);
  post(*feed, 1);
  select(*room, 2);
  EXPECT_TRUE(listener_path_.sent.empty());
  detach(listener);
}

TEST_F(LaneTest, DetachingBeforeTheLaneHasSeenTheSessionIsSafe) {
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  for (int round = 0; round < 200; ++round) {
    const auto listener =
        Attachment::attach(room, SessionId::next(), listener_, listener_path_, nullptr,
                           make_slots(1, 200), {{make_feed(talker_, 1), kLevelExtension}});
    detach(listener);
  }
  bool empty = false;
  lane().post(make_command([&empty, id = room->feed->id](Lane& on) noexcept {
    Selection selection;
    on.find_room(id)->copy(selection);
    empty = selection.sessions.empty();
  }));
  round_trip();
  EXPECT_TRUE(empty);
  EXPECT_TRUE(room->tracks.empty());
}

TEST_F(LaneTest, AFullInboxDropsPacketsAndCountsThemButNoCommand) {
  const auto feed = make_feed(talker_, 1);
  std::atomic<bool> release{false};
  lane().post(make_command([&release](Lane&) noexcept {
    while (!release.load()) std::this_thread::yield();
  }));
  const std::vector<uint8_t> packet = opus_packet(7, 1, 30);
  size_t refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    refused += lane().post_packet(feed->id, packet, 1, 30, false) ? 0 : 1;
  }
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(lane().counters().inbox_full.value(), refused);
  int ran = 0;
  for (int i = 0; i < 2'000; ++i) {
    lane().post(make_command([](Lane&) noexcept {}, [&ran] { ++ran; }));
  }
  release = true;
  while (ran < 2'000) loop_.iterate(true);
  EXPECT_EQ(ran, 2'000);
}

TEST_F(LaneTest, APacketThatWaitedTooLongIsLeftOutAndCounted) {
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  const auto listener = Attachment::attach(room, SessionId::next(), listener_, listener_path_,
                                           nullptr, make_slots(1, 200), {});
  round_trip();
  select(*room, 1);
  ASSERT_TRUE(
      lane().post_packet(track, opus_packet(7, 1, 30), monotonic_ns() - kNsPerS, 30, false));
  post(*feed, 2);
  round_trip();
  ASSERT_EQ(listener_path_.sent.size(), 1u);
  EXPECT_EQ(listener_path_.sent[0].back(), 2);
  EXPECT_EQ(lane().counters().stale.value(), 1u);
  detach(listener);
  detach(talker);
}

TEST_F(LaneTest, RoomsOverTwoLanesForwardOnBoth) {
  lanes_.push_back(std::make_unique<Lane>(1, loop_, returns_));
  const auto feed = make_feed(talker_, 1);
  const TrackId track = feed->id;
  const auto room = make_room(everybody_hears(track));
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  constexpr size_t kListeners = 60;
  std::vector<std::unique_ptr<FakePath>> paths;
  std::vector<std::shared_ptr<Attachment>> listeners;
  for (size_t i = 0; i < kListeners; ++i) {
    paths.push_back(std::make_unique<FakePath>());
    listeners.push_back(Attachment::attach(room, SessionId::next(), ParticipantId::next(),
                                           *paths.back(), nullptr, make_slots(1, 200), {}));
  }
  round_trip();
  round_trip();
  select(*room, 1);
  round_trip();
  EXPECT_EQ(feed->wanted_lanes.load(), 3u);
  for (const auto& on : lanes_) {
    ASSERT_TRUE(on->post_packet(track, opus_packet(7, 1, 30), monotonic_ns(), 30, false));
  }
  round_trip();
  for (const auto& path : paths) EXPECT_EQ(path->sent.size(), 1u);
  for (const auto& listener : listeners) detach(listener);
  detach(talker);
  EXPECT_EQ(feed->wanted_lanes.load(), 0u);
}

TEST_F(LaneTest, ARoomWithoutPacketsFallsAsleepAndWakesWithTheNextOne) {
  const auto feed = make_feed(talker_, 1);
  int asked = 0;
  const auto room = make_room([&](const veche_room_view&, veche_selection&) { ++asked; });
  const auto talker = Attachment::attach(room, SessionId::next(), talker_, talker_path_, nullptr,
                                         {}, {{feed, kLevelExtension}});
  round_trip();
  feed->meter.add(30, 1);
  select(*room, kNsPerS);
  EXPECT_EQ(asked, 1);
  const auto tick = [&](int64_t now_ns) {
    lane().post(make_command([id = room->feed->id, now_ns](Lane& on) noexcept {
      on.find_room(id)->select(now_ns, on);
    }));
    round_trip();
  };
  tick(2 * kNsPerS);
  EXPECT_EQ(asked, 2);
  tick(4 * kNsPerS);
  EXPECT_FALSE(room->feed->awake.load());
  EXPECT_EQ(asked, 2);
  detach(talker);
}

TEST(FirstComeSelector, FillsFreeSlotsInOrderAndKeepsThem) {
  FirstComeSelector selector;
  const auto settings = selector.make_settings("{}");
  ASSERT_TRUE(settings);
  const auto state = selector.open(**settings);
  ASSERT_TRUE(state);
  std::vector<veche_candidate> candidates(3);
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].track = 10 + i;
    candidates[i].participant = 20 + i;
    candidates[i].last_packet_ns = 5;
  }
  veche_listener listener{};
  listener.participant = 20;
  listener.slot_count = 2;
  veche_slot slots[2] = {{12, VECHE_KIND_AUDIO, 0}, {0, VECHE_KIND_AUDIO, 0}};
  uint8_t speaking[3] = {};
  veche_room_view view{};
  view.now_ns = 10;
  view.candidates = candidates.data();
  view.candidate_count = 3;
  view.listeners = &listener;
  view.listener_count = 1;
  view.slot_count = 2;
  veche_selection selection{};
  selection.slots = slots;
  selection.speaking = speaking;
  (*state)->select(view, selection);
  EXPECT_EQ(slots[0].track, 12u);
  EXPECT_EQ(slots[1].track, 11u);
  EXPECT_FALSE(selector.make_settings(R"({"max_speakers":3})"));
}

}  // namespace
}  // namespace veche::media
