// SPDX-License-Identifier: Apache-2.0
// Tests of a lane: packets that reach a slot, packets dropped and counted, attach and detach.
#include "media/lane/lane.hpp"

#include <atomic>
#include <thread>

#include "base/time.hpp"
#include "lane_fixture.hpp"

namespace veche::media {
namespace {

class LaneTest : public LaneFixture {};

TEST_F(LaneTest, ForwardsAPacketToTheSlotThatTheSelectorFilled) {
  talker_.slot_count = 1;
  listener_.slot_count = 2;
  open_room_for_track();
  join(talker_);
  join(listener_);
  round_trip();
  round_trip();
  EXPECT_EQ(feed().wanted_lanes.load(), 0u);
  select(1);
  EXPECT_EQ(feed().wanted_lanes.load(), lane().bit());
  post(10);
  post(11);
  round_trip();
  ASSERT_EQ(listener_.path.sent.size(), 2u);
  const std::vector<uint8_t>& packet = listener_.path.sent[0];
  const auto view = rtp::PacketView::parse(packet);
  EXPECT_EQ(view->ssrc(), listener_.first_ssrc);
  EXPECT_EQ(view->payload_type(), 96);
  EXPECT_EQ(packet[0] & 0x0f, 1);               // One CSRC,
  EXPECT_EQ(packet[15], kSourceNumber & 0xff);  // the talker's source number.
  // Participants never hear themselves, although the selector said so, and that is counted.
  EXPECT_TRUE(talker_.path.sent.empty());
  EXPECT_GE(lane().counters().bad_selections.value(), 1u);
}

TEST_F(LaneTest, ReplaysWhatThePolicyWantsOfThePreroll) {
  listener_.policy =
      std::make_unique<ScriptedPolicy>([](const veche_packet& packet, uint32_t newer) {
        return (packet.flags & VECHE_PACKET_PREROLL) == 0 || newer < 2;
      });
  begin_talk();
  for (const uint16_t sequence : {1, 2, 3, 4}) post(sequence, true);
  post(5);
  round_trip();
  ASSERT_EQ(listener_.path.sent.size(), 3u);
  EXPECT_EQ(listener_.path.sent[0].back(), 3);
  EXPECT_EQ(listener_.path.sent[1].back(), 4);
  EXPECT_EQ(listener_.path.sent[2].back(), 5);
}

TEST_F(LaneTest, AListenerThatComesToARunningTrackGetsItsHistoryToo) {
  const auto everything = [](const veche_packet&, uint32_t) { return true; };
  listener_.policy = std::make_unique<ScriptedPolicy>(everything);
  begin_talk();
  for (const uint16_t sequence : {1, 2, 3}) post(sequence);
  round_trip();
  Participant& late = more_listeners_.emplace_back();
  late.policy = std::make_unique<ScriptedPolicy>(everything);
  late.first_ssrc = 300;
  join(late);
  round_trip();
  select(2);
  post(4);
  round_trip();
  ASSERT_EQ(late.path.sent.size(), 4u);
  EXPECT_EQ(late.path.sent[0].back(), 1);
  EXPECT_EQ(late.path.sent[3].back(), 4);
}

TEST_F(LaneTest, DetachingTheTalkerFreesTheSlotAndLeavesNoRoute) {
  begin_talk();
  leave(talker_);
  EXPECT_EQ(feed().wanted_lanes.load(), 0u);
  post(1);
  select(2);
  EXPECT_TRUE(listener_.path.sent.empty());
}

TEST_F(LaneTest, DetachingBeforeTheLaneHasSeenTheSessionIsSafe) {
  open_room_for_track();
  for (int round = 0; round < 200; ++round) {
    listener_.tracks = {make_track(1)};
    join(listener_);
    leave(listener_);
  }
  bool empty = false;
  lane().post(make_command([&empty, id = room_->feed->id](Lane& on) noexcept {
    Selection selection;
    on.switchboard().find_room(id)->copy(selection);
    empty = selection.sessions.empty();
  }));
  round_trip();
  EXPECT_TRUE(empty);
  EXPECT_TRUE(room_->tracks.empty());
}

TEST_F(LaneTest, AFullInboxDropsPacketsAndCountsThemButNoCommand) {
  std::atomic<bool> release{false};
  lane().post(make_command([&release](Lane&) noexcept {
    while (!release.load()) std::this_thread::yield();
  }));
  size_t refused = 0;
  for (int i = 0; i < 10'000; ++i) refused += post_at(lane(), 1, 1) ? 0 : 1;
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

TEST_F(LaneTest, PacketsOfItsOwnThreadAreForwardedAtOnceBehindThoseOfTheInbox) {
  constexpr uint16_t kPackets = 5000;  // More than the inbox holds.
  begin_talk();
  post(1);
  size_t sent_before = 0, sent_after = 0;
  lane().post(make_command([&](Lane& on) noexcept {
    sent_before = listener_.path.sent.size();
    for (uint16_t i = 2; i <= kPackets; ++i) EXPECT_TRUE(post_at(on, i, monotonic_ns()));
    sent_after = listener_.path.sent.size();
  }));
  round_trip();
  EXPECT_EQ(sent_before, 1u);
  EXPECT_EQ(sent_after, kPackets);
  EXPECT_EQ(lane().counters().inbox_full.value(), 0u);
  for (size_t i = 0; i < sent_after; ++i) {
    ASSERT_EQ(listener_.path.sent[i].back(), static_cast<uint8_t>(i + 1));
  }
}

TEST_F(LaneTest, APacketThatWaitedTooLongIsLeftOutAndCounted) {
  begin_talk();
  ASSERT_TRUE(post_at(lane(), 1, monotonic_ns() - kNsPerS));
  post(2);
  round_trip();
  ASSERT_EQ(listener_.path.sent.size(), 1u);
  EXPECT_EQ(listener_.path.sent[0].back(), 2);
  EXPECT_EQ(lane().counters().stale.value(), 1u);
}

TEST_F(LaneTest, RoomsOverTwoLanesForwardOnBoth) {
  lanes_.push_back(make_lane(1));
  open_room_for_track();
  join(talker_);
  for (int i = 0; i < 60; ++i) join(more_listeners_.emplace_back());
  round_trip();
  round_trip();
  select(1);
  round_trip();
  EXPECT_EQ(feed().wanted_lanes.load(), 3u);
  for (const auto& on : lanes_) {
    ASSERT_TRUE(post_at(*on, 1, monotonic_ns()));
  }
  round_trip();
  for (const Participant& listener : more_listeners_) EXPECT_EQ(listener.path.sent.size(), 1u);
  leave_all();
  EXPECT_EQ(feed().wanted_lanes.load(), 0u);
}

TEST_F(LaneTest, ACrowdThatJoinsAtOnceSpreadsOverTheLanes) {
  lanes_.push_back(make_lane(1));
  open_room_for_track();
  std::vector<LaneSeat> seats;
  for (int i = 0; i < 300; ++i) seats.push_back(LaneSeat::take(room_, PathKind::Wire));
  EXPECT_EQ(room_->session_count[0], 150u);
  EXPECT_EQ(room_->session_count[1], 150u);
  seats.clear();
  EXPECT_EQ(room_->session_count[0], 0u) << "those that never connected give theirs back";
  EXPECT_EQ(LaneSeat::take(room_, PathKind::Wire).lane().index(), 0u);
}

TEST_F(LaneTest, ARoomOnAHotLaneSendsNewSessionsElsewhere) {
  lanes_.push_back(make_lane(1));
  open_room_for_track();
  uint64_t busy_ns = 0;
  for (int i = 1; i < 30; ++i, busy_ns += kNsPerS * 9 / 10) {
    room_->loads->note(std::vector<uint64_t>{busy_ns, 0}, i * kNsPerS);
  }
  EXPECT_EQ(LaneSeat::take(room_, PathKind::Wire).lane().index(), 1u);
}

/// A port that receives nothing.
class IdlePort : public Port {
 public:
  std::span<const int> descriptors() const noexcept override { return {}; }
  bool receive() noexcept override { return false; }
  void flush() noexcept override {}
  int64_t receive_due_ns() const noexcept override { return INT64_MAX; }
  int64_t tick_due_ns() const noexcept override { return INT64_MAX; }
  void tick(int64_t) noexcept override {}
  void send(SessionId, std::span<const uint8_t>) noexcept override {}
};

/// The lane has asked it to send the paths' packets.
class FlushedPort final : public IdlePort {
 public:
  explicit FlushedPort(std::function<void()> on_flush) : on_flush_(std::move(on_flush)) {}
  void flush() noexcept override { on_flush_(); }

 private:
  const std::function<void()> on_flush_;
};

TEST_F(LaneTest, FlushesAfterEveryBatchOfListenersAndWhenAllHaveThePacket) {
  constexpr size_t kListeners = 80;
  std::vector<size_t> given;  // To paths, before each flush.
  lanes_.front() = make_lane(0, std::make_unique<FlushedPort>([this, &given] {
                               size_t sent = listener_.path.sent.size();
                               for (const Participant& listener : more_listeners_)
                                 sent += listener.path.sent.size();
                               given.push_back(sent);
                             }));
  begin_talk();
  for (size_t i = 1; i < kListeners; ++i) join(more_listeners_.emplace_back());
  round_trip();
  select(2);
  round_trip();
  post(1);
  round_trip();
  ASSERT_GE(given.size(), 3u);
  EXPECT_EQ(given.back(), kListeners);
  EXPECT_LT(given.front(), kListeners / 2) << "the first do not wait for the last";
  EXPECT_EQ(lane().counters().forward_ns.count(), kListeners);
}

/// It receives something occasionally, and nothing that would wake the lane.
class PatientPort final : public IdlePort {
 public:
  explicit PatientPort(std::atomic<int>& looks) : looks_(looks) {}
  bool receive() noexcept override {
    ++looks_;
    due_ns_ = monotonic_ns() + kNsPerMs;
    return false;
  }
  int64_t receive_due_ns() const noexcept override { return due_ns_; }

 private:
  std::atomic<int>& looks_;
  int64_t due_ns_ = 0;
};

TEST_F(LaneTest, LooksAtItsPortWhenThatIsDue) {
  std::atomic<int> looks{0};
  lanes_.front() = make_lane(0, std::make_unique<PatientPort>(looks));
  while (looks < 3) std::this_thread::yield();
  lanes_.front() = make_lane(0);
  SUCCEED() << "it was not asked to, and it ended";
}

}  // namespace
}  // namespace veche::media
