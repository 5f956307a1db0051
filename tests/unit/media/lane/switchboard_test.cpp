// SPDX-License-Identifier: Apache-2.0
// Tables of a switchboard's actions on packets and ticks, in virtual time.
#include <gmock/gmock.h>

#include <optional>
#include <string>
#include <vector>

#include "switchboard_fixture.hpp"

namespace veche::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kSilence = 0xfe;  // The last byte of a silent frame of Opus.

/// RFC 2198: with redundancy for a listener that has it, Opus alone for others.
TEST_F(SwitchboardTest, RedundantAudioIsWhatEachListenerHas) {
  constexpr uint8_t kRed = 63, kOpus = 111;
  const auto feed = add_track();
  feed->payload_type = kOpus;
  feed->red_payload_type = kRed;
  FakePath with, without;
  const auto listen = [&](FakePath& path, uint8_t red) {
    rtp::SlotFormat format{.ssrc = 200, .payload_type = 96, .red_payload_type = red};
    auto session = std::make_unique<LaneSession>(SessionId::next(), ParticipantId::next(), path,
                                                 nullptr, counters_, std::vector{format});
    const SessionId id = session->id();
    board_.add_session(session);
    board_.fill(id, 0, feed->id, outlet_.now_ns);
  };
  listen(with, 121);
  listen(without, 0);
  const auto send = [&](uint16_t sequence, uint8_t type, const std::vector<uint8_t>& payload) {
    const auto bytes =
        rtp::test::build({.sequence = sequence, .payload_type = type, .payload = payload});
    board_.forward(feed->id, *rtp::PacketView::parse(bytes), outlet_.now_ns, kLevel,
                   outlet_.now_ns);
  };
  send(1, kRed, {0x80 | kOpus, 0x0f, 0x00, 0x01, kOpus, 'a', 'b', 'c'});
  send(2, kOpus, {'d'});
  send(3, kRed, {0x80 | kOpus, 0x0f, 0x00, 0x09, kOpus, 'a'});
  const auto received = [](const FakePath& path) {
    std::string text;
    for (const auto& packet : path.sent) {
      const auto view = rtp::PacketView::parse(packet);
      text += std::to_string(view->payload_type()) + ":";
      for (const uint8_t byte : view->payload()) text += byte >= 'a' ? std::string(1, byte) : ".";
      text += " ";
    }
    return text;
  };
  EXPECT_EQ(received(without), "96:bc 96:d ");
  EXPECT_EQ(with.sent.size(), 2u);
  const auto first = rtp::PacketView::parse(with.sent[0]);
  EXPECT_EQ(first->payload_type(), 121);
  EXPECT_THAT(first->payload(), ElementsAre(0x80 | 96, 0x0f, 0x00, 0x01, 96, 'a', 'b', 'c'));
  EXPECT_EQ(rtp::PacketView::parse(with.sent[1])->payload_type(), 96);
  EXPECT_EQ(counters_.rewriter_dropped.value(), 2u) << "the third is not whole";
}

/// A decoder would make noise of it.
TEST_F(SwitchboardTest, AnEncryptedTrackIsSentOnlyToThoseThatCanOpenIt) {
  const auto sealed = add_track();
  sealed->is_encrypted = true;
  const auto plain = add_track();
  const auto listen = [&](bool opens_encrypted) -> Listener& {
    Listener& listener = add_listener();
    if (!opens_encrypted) listener.session->leave_out_encrypted();
    fill(listener, 0, sealed->id);
    return listener;
  };
  Listener& with = listen(true);
  Listener& without = listen(false);
  for (const uint16_t sequence : {1, 2}) forward(*sealed, sequence);
  EXPECT_EQ(with.path.sent.size(), 2u);
  EXPECT_THAT(without.path.sent, IsEmpty());
  fill(without, 0, plain->id);
  forward(*plain, 3);
  EXPECT_THAT(without.heard(), ElementsAre(3));
}

TEST_F(SwitchboardTest, EachPacketIsSentOrCountedOnce) {
  struct Case {
    std::string what;
    int64_t age_ns = 0;
    bool is_active = true, is_wanted = true, is_repeated = false;
    size_t sent = 1;
    uint64_t in = 1, stale = 0, policy_dropped = 0, rewriter_dropped = 0;
  };
  const std::vector<Case> cases{
      {.what = "fresh"},
      {.what = "as old as may be", .age_ns = Switchboard::kStaleNs},
      {.what = "older", .age_ns = Switchboard::kStaleNs + 1, .sent = 0, .stale = 1},
      {.what = "the slot is off", .is_active = false, .sent = 0},
      {.what = "the policy drops it", .is_wanted = false, .sent = 0, .policy_dropped = 1},
      {.what = "twice", .is_repeated = true, .in = 2, .rewriter_dropped = 1},
  };
  for (const Case& c : cases) {
    LaneCounters counters;
    Switchboard board(kLane, counters, outlet_);
    auto feed = std::make_shared<TrackFeed>(ParticipantId::next(), 1, sdp::MediaKind::Audio, true);
    board.add_track(feed, kLevelExtension, kStart);
    FakePath path;
    ScriptedPolicy policy([&](const veche_packet&, uint32_t) { return c.is_wanted; });
    auto session =
        std::make_unique<LaneSession>(SessionId::next(), ParticipantId::next(), path, &policy,
                                      counters, std::vector<rtp::SlotFormat>(1));
    session->set_active(0, c.is_active, kStart);
    const SessionId id = session->id();
    board.add_session(session);
    board.fill(id, 0, feed->id, kStart);
    const auto bytes = opus_packet(7, 1, kLevel);
    for (int i = 0; i < (c.is_repeated ? 2 : 1); ++i) {
      board.forward(feed->id, *rtp::PacketView::parse(bytes), kStart - c.age_ns, kLevel, kStart);
    }
    EXPECT_EQ(path.sent.size(), c.sent) << c.what;
    EXPECT_EQ(counters.packets_in.value(), c.in) << c.what;
    EXPECT_EQ(counters.packets_out.value(), c.sent) << c.what;
    EXPECT_EQ(counters.stale.value(), c.stale) << c.what;
    EXPECT_EQ(counters.policy_dropped.value(), c.policy_dropped) << c.what;
    EXPECT_EQ(counters.rewriter_dropped.value(), c.rewriter_dropped) << c.what;
    EXPECT_EQ(counters.forward_ns.count(), c.sent) << c.what;
  }
}

TEST_F(SwitchboardTest, AFillTakesASlotFromWhatFilledIt) {
  const auto first = add_track(), second = add_track();
  Listener& one = add_listener(2);
  Listener& two = add_listener(1);
  const TrackId none, unknown{0xdeadbeef};
  struct Step {
    std::string what;
    const Listener* listener;
    uint32_t slot;
    TrackId track;
    bool first_wanted, second_wanted;
    uint64_t switches;
  };
  const std::vector<Step> steps{
      {"the first listener", &one, 0, first->id, true, false, 1},
      {"again", &one, 0, first->id, true, false, 1},
      {"another track beside it", &one, 1, second->id, true, true, 2},
      {"a second listener", &two, 0, first->id, true, true, 3},
      {"one of two leaves", &one, 0, none, true, true, 3},
      {"the last leaves for the other track", &two, 0, second->id, false, true, 4},
      {"a track that is not here frees the slot", &one, 1, unknown, false, true, 4},
      {"no such slot", &one, 2, first->id, false, true, 4},
      {"the last one", &two, 0, none, false, false, 4},
  };
  for (const Step& step : steps) {
    fill(*step.listener, step.slot, step.track);
    EXPECT_EQ(first->wanted_lanes.load(), step.first_wanted ? 1u << kLane : 0u) << step.what;
    EXPECT_EQ(second->wanted_lanes.load(), step.second_wanted ? 1u << kLane : 0u) << step.what;
    EXPECT_EQ(counters_.slot_switches.value(), step.switches) << step.what;
  }
  board_.fill(SessionId::next(), 0, first->id, kStart);
  EXPECT_EQ(first->wanted_lanes.load(), 0u) << "no such session";
}

TEST_F(SwitchboardTest, NothingComesOfATrackOrASessionThatIsRemoved) {
  const auto feed = add_track();
  Listener& stays = add_listener();
  Listener& goes = add_listener();
  for (const Listener* listener : {&stays, &goes}) fill(*listener, 0, feed->id);
  forward(*feed, 1);
  EXPECT_EQ(board_.remove_session(goes.id).get(), goes.session);
  forward(*feed, 2);
  EXPECT_THAT(goes.heard(), ElementsAre(1)) << "it has gone, so it hears no silence either";
  EXPECT_THAT(stays.heard(), ElementsAre(1, 2));
  board_.remove_track(feed->id, outlet_.now_ns);
  EXPECT_EQ(feed->wanted_lanes.load(), 0u);
  EXPECT_EQ(stays.session->track(0), TrackId{});
  forward(*feed, 3);
  EXPECT_THAT(stays.heard(), ElementsAre(1, 2, kSilence, kSilence, kSilence));
  EXPECT_EQ(board_.remove_session(goes.id), nullptr);
}

TEST_F(SwitchboardTest, AFillForATrackThatComesLaterIsDoneThen) {
  const auto feed =
      std::make_shared<TrackFeed>(ParticipantId::next(), 1, sdp::MediaKind::Audio, true);
  const auto other = add_track();
  Listener& waits = add_listener();
  Listener& changes = add_listener();
  Listener& leaves = add_listener();
  for (const Listener* listener : {&waits, &changes, &leaves}) fill(*listener, 0, feed->id);
  EXPECT_EQ(waits.session->track(0), TrackId{});
  fill(changes, 0, other->id);
  board_.remove_session(leaves.id);
  board_.add_track(feed, kLevelExtension, outlet_.now_ns);
  EXPECT_EQ(waits.session->track(0), feed->id);
  EXPECT_EQ(changes.session->track(0), other->id) << "a later fill counts";
  EXPECT_EQ(feed->wanted_lanes.load(), 1u << kLane);
  forward(*feed, 1);
  EXPECT_THAT(waits.heard(), ElementsAre(1));
}

TEST_F(SwitchboardTest, AFreedSlotWaitsForNoTrack) {
  const auto feed =
      std::make_shared<TrackFeed>(ParticipantId::next(), 1, sdp::MediaKind::Audio, true);
  Listener& listener = add_listener();
  fill(listener, 0, feed->id);
  fill(listener, 0, TrackId{});
  board_.add_track(feed, kLevelExtension, outlet_.now_ns);
  EXPECT_EQ(listener.session->track(0), TrackId{});
}

TEST_F(SwitchboardTest, ASlotThatEndsSendsSilence) {
  const auto feed = add_track(), other = add_track();
  Listener& listener = add_listener();
  fill(listener, 0, feed->id);
  fill(listener, 0, TrackId{});
  EXPECT_THAT(listener.heard(), IsEmpty()) << "nothing was heard";
  fill(listener, 0, feed->id);
  forward(*feed, 1);
  outlet_.flushes = 0;
  fill(listener, 0, other->id);
  EXPECT_THAT(listener.heard(), ElementsAre(1)) << "another track follows";
  forward(*other, 5);
  fill(listener, 0, TrackId{});
  EXPECT_THAT(listener.heard(), ElementsAre(1, 5, kSilence, kSilence, kSilence));
  EXPECT_EQ(outlet_.flushes, 2) << "one of them is for the silence";
  std::optional<rtp::PacketView> before;
  for (const auto& packet : listener.path.sent) {
    const auto view = rtp::PacketView::parse(packet);
    if (before) {
      EXPECT_EQ(view->sequence(), static_cast<uint16_t>(before->sequence() + 1));
      EXPECT_GE(view->timestamp() - before->timestamp(), 960u);
    }
    EXPECT_EQ(packet[15], 4711 & 0xff) << "of the same participant";
    before = view;
  }
}

TEST_F(SwitchboardTest, ASlotThatIsSwitchedOffSendsSilenceOnce) {
  const auto feed = add_track();
  Listener& listener = add_listener();
  fill(listener, 0, feed->id);
  forward(*feed, 1);
  for (int i = 0; i < 2; ++i) board_.set_active(listener.id, 0, false, outlet_.now_ns);
  fill(listener, 0, TrackId{});
  board_.set_active(listener.id, 7, false, outlet_.now_ns);
  EXPECT_THAT(listener.heard(), ElementsAre(1, kSilence, kSilence, kSilence));
}

TEST_F(SwitchboardTest, ARoomThatWasWokenBeforeItIsKnownSelects) {
  const auto feed = std::make_shared<RoomFeed>(RoomId::next());
  feed->awake = true;
  board_.wake(feed->id, kStart);
  EXPECT_EQ(board_.tick_due_ns(), INT64_MAX);
  auto room = std::make_unique<LaneRoom>(feed, counters_);
  board_.add_room(room, kStart);
  EXPECT_EQ(board_.tick_due_ns(), kStart);
}

TEST_F(SwitchboardTest, CountsWhatItHasHandledOfATrack) {
  const auto feed = add_track();
  fill(add_listener(), 0, feed->id);
  forward(*feed, 1);
  forward(*feed, 2, kNsPerS);  // Stale.
  remember(*feed, 3);
  EXPECT_EQ(feed->handled[kLane].load(), 3u);
}

TEST_F(SwitchboardTest, ListenersAreServedInBatches) {
  struct Case {
    size_t listeners;
    int flushes;
  };
  for (const Case& c : {Case{0, 0}, Case{1, 1}, Case{32, 1}, Case{33, 2}, Case{80, 3}}) {
    const auto feed = add_track();
    for (size_t i = 0; i < c.listeners; ++i) fill(add_listener(), 0, feed->id);
    outlet_.flushes = 0;
    forward(*feed, 1);
    EXPECT_EQ(outlet_.flushes, c.flushes) << c.listeners;
  }
}

TEST_F(SwitchboardTest, EachListenerWaitsForItsBatchAlone) {
  const auto feed = add_track();
  for (int i = 0; i < 33; ++i) fill(add_listener(), 0, feed->id);
  outlet_.takes_ns = 10 * kNsPerMs;
  forward(*feed, 1);
  EXPECT_EQ(counters_.forward_ns.count(), 33u);
  EXPECT_EQ(counters_.forward_ns.read().sum, (32 * 10 + 20) * kNsPerMs);
}

TEST_F(SwitchboardTest, TheNewestOfTheHistoryIsReplayedInOrder) {
  struct Case {
    std::string what;
    std::vector<uint16_t> before;
    uint16_t live;
    uint32_t wanted;  ///< By the policy, of the newest.
    std::vector<int> heard;
  };
  const std::vector<Case> cases{
      {"nothing before", {}, 9, 5, {9}},
      {"the policy wants two", {1, 2, 3}, 4, 2, {2, 3, 4}},
      {"it wants more than there is", {2, 3}, 4, 9, {2, 3, 4}},
      {"it wants none", {2, 3}, 4, 0, {4}},
      {"a copy of the live packet", {3, 4}, 4, 9, {3, 4}},
      {"a packet that overtook it", {2, 4}, 3, 9, {2, 3}},
  };
  for (const Case& c : cases) {
    ScriptedPolicy policy([&c](const veche_packet& packet, uint32_t newer) {
      return (packet.flags & VECHE_PACKET_PREROLL) == 0 || newer < c.wanted;
    });
    const auto feed = add_track();
    Listener& one = add_listener(1, &policy);
    Listener& two = add_listener(1, &policy);
    for (const Listener* listener : {&one, &two}) fill(*listener, 0, feed->id);
    for (const uint16_t sequence : c.before) remember(*feed, sequence);
    forward(*feed, c.live);
    EXPECT_EQ(one.heard(), c.heard) << c.what;
    EXPECT_EQ(two.heard(), c.heard) << c.what << ", described once";
    for (const Listener* listener : {&one, &two}) board_.remove_session(listener->id);
  }
}

TEST_F(SwitchboardTest, ThePolicySeesSequenceNumbersThatCountOn) {
  std::vector<uint32_t> seen;
  ScriptedPolicy policy([&seen](const veche_packet& packet, uint32_t) {
    EXPECT_EQ(packet.level, kLevel);
    seen.push_back(packet.sequence);
    return true;
  });
  const auto feed = add_track();
  Listener& listener = add_listener(1, &policy);
  fill(listener, 0, feed->id);
  remember(*feed, 65534);
  forward(*feed, 65535);
  forward(*feed, 0);
  forward(*feed, 1);
  ASSERT_EQ(seen.size(), 4u);
  for (size_t i = 1; i < seen.size(); ++i) EXPECT_EQ(seen[i], seen[0] + i);
}

TEST_F(SwitchboardTest, TicksAreAPeriodApartAndALateOneIsNotCaughtUpOn) {
  LaneRoom& room = add_room([](const veche_room_view&, veche_selection&) {});
  EXPECT_EQ(board_.tick_due_ns(), INT64_MAX);
  board_.wake(RoomId::next(), kStart);
  EXPECT_EQ(board_.tick_due_ns(), INT64_MAX) << "no such room";
  const auto feed = std::make_shared<RoomFeed>(RoomId::next());
  auto added = std::make_unique<LaneRoom>(feed, counters_);
  feed->awake = true;
  board_.add_room(added, kStart);
  board_.wake(feed->id, kStart);
  struct Case {
    int64_t tick_ms, due_ms;
  };
  for (const Case& c : {Case{0, 20}, Case{20, 40}, Case{41, 60}, Case{59, 80}, Case{500, 510}}) {
    board_.tick(kStart + c.tick_ms * kNsPerMs);
    EXPECT_EQ(board_.tick_due_ns(), kStart + c.due_ms * kNsPerMs) << c.tick_ms;
    board_.wake(feed->id, kStart + c.tick_ms * kNsPerMs);
    EXPECT_EQ(board_.tick_due_ns(), kStart + c.due_ms * kNsPerMs) << "it is awake already";
  }
  board_.tick(kStart + 3 * kNsPerS);
  EXPECT_EQ(board_.tick_due_ns(), INT64_MAX) << "all rooms sleep";
  EXPECT_EQ(board_.remove_room(room.id()).get(), &room);
  EXPECT_EQ(board_.remove_room(RoomId::next()), nullptr);
}

}  // namespace
}  // namespace veche::media
