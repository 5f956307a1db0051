// SPDX-License-Identifier: Apache-2.0
// Packets on the thread of their arrival: whose they are, how many may go on, and what a full lane
// does to them.
#include "media/lane/ingress.hpp"

#include <atomic>
#include <thread>

#include "lane_fixture.hpp"

namespace veche::media {
namespace {

constexpr uint8_t kPayloadType = 111;
constexpr int64_t kArrival = 5000 * kNsPerS;

/// The packets of the talker's track arrive on a thread of their own: the test's.
class IngressTest : public LaneFixture {
 protected:
  IngressTest() : LaneFixture([] { return kArrival; }) {}

  Ingress& open(std::vector<IngressTrack> tracks) {
    ingress_ = std::make_unique<Ingress>(std::move(tracks), room_->feed, lane(), lanes_,
                                         [this] { ++violations_; });
    ingress_->accept();
    return *ingress_;
  }
  IngressTrack track(std::shared_ptr<TrackFeed> feed, std::vector<uint32_t> ssrcs = {}) const {
    IngressTrack track;
    track.feed = std::move(feed);
    track.ssrcs = std::move(ssrcs);
    track.payload_type = kPayloadType;
    track.level_extension = 1;
    return track;
  }
  bool arrive(uint32_t ssrc, uint16_t sequence, int64_t at_ms = 0, uint8_t payload_type = 111) {
    std::vector<uint8_t> bytes = opus_packet(ssrc, sequence, kLevel);
    bytes[1] = payload_type;
    return ingress_->handle(*rtp::PacketView::parse(bytes), kArrival + at_ms * kNsPerMs, kArrival);
  }
  /// The lane does nothing until the returned flag is set.
  std::shared_ptr<std::atomic<bool>> block() {
    auto release = std::make_shared<std::atomic<bool>>(false);
    auto is_blocked = std::make_shared<std::atomic<bool>>(false);
    lane().post(make_command([release, is_blocked](Lane&) noexcept {
      is_blocked->store(true);
      while (!release->load()) std::this_thread::yield();
    }));
    while (!is_blocked->load()) std::this_thread::yield();
    return release;
  }
  std::vector<rtp::PacketView> heard() const {
    std::vector<rtp::PacketView> views;
    for (const auto& packet : listener_.path.sent) views.push_back(*rtp::PacketView::parse(packet));
    return views;
  }

  std::unique_ptr<Ingress> ingress_;
  int violations_ = 0;
};

TEST_F(IngressTest, AnotherSsrcIsHeardWithoutAGapOrAJump) {
  begin_talk();
  open({track(talker_.tracks[0].feed, {7})});
  arrive(7, 100, 0);
  arrive(7, 101, 20);
  arrive(8, 40'000, 40);
  arrive(7, 102, 45);
  arrive(8, 40'001, 60);
  round_trip();
  const auto views = heard();
  ASSERT_EQ(views.size(), 4u);
  for (size_t i = 1; i < views.size(); ++i) {
    EXPECT_EQ(views[i].sequence(), static_cast<uint16_t>(views[0].sequence() + i));
    EXPECT_EQ(views[i].timestamp(), views[0].timestamp() + i * 960);
    EXPECT_EQ(views[i].ssrc(), listener_.first_ssrc);
    EXPECT_EQ(views[i].marker(), i == 2) << i;
  }
  EXPECT_EQ(ingress_->superseded.value(), 1u) << "the late one of the former";
  EXPECT_EQ(ingress_->packets.value(), 5u);
  EXPECT_EQ(ingress_->dropped(), 1u);
}

TEST_F(IngressTest, TheNinthSsrcAndAllLaterOnesAreHeardToo) {
  begin_talk();
  open({track(talker_.tracks[0].feed, {7})});
  for (uint32_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(arrive(7 + i, static_cast<uint16_t>(i * 7000), i * 1000)) << i;
  }
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 100u);
  EXPECT_EQ(violations_, 0);
}

TEST_F(IngressTest, CountsATracksPacketsAndKnowsItByItsSsrcs) {
  begin_talk();
  TrackFeed& feed = *talker_.tracks[0].feed;
  open({track(talker_.tracks[0].feed, {7})});
  EXPECT_EQ(ingress_->feed_of(7), nullptr) << "nothing has come yet";
  arrive(7, 100);
  arrive(8, 101, 20);
  arrive(7, 102, 40, 100);
  EXPECT_EQ(ingress_->feed_of(7), &feed);
  EXPECT_EQ(ingress_->feed_of(8), &feed);
  EXPECT_EQ(ingress_->feed_of(9), nullptr);
  EXPECT_EQ(feed.packets.value(), 2u) << "without the one of another payload type";
  EXPECT_EQ(feed.bytes.value(), 2u * 4);
  round_trip();
}

TEST_F(IngressTest, AnUnknownSsrcBelongsToTheOnlyTrackOfItsPayloadType) {
  begin_talk();
  IngressTrack other = track(make_track(9).feed, {50});
  other.payload_type = 112;
  other.mid = "1";
  open({track(talker_.tracks[0].feed, {7}), other});
  EXPECT_TRUE(arrive(8, 1));
  EXPECT_TRUE(arrive(51, 1, 0, 112));
  EXPECT_FALSE(arrive(8, 2, 0, 112)) << "it is known with another payload type";
  EXPECT_FALSE(arrive(52, 1, 0, 100)) << "of no track";
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), 1u);
  EXPECT_EQ(other.feed->meter.take().packets, 1u);
}

TEST_F(IngressTest, NothingIsGuessedWhereTwoTracksHaveThePayloadType) {
  begin_talk();
  open({track(talker_.tracks[0].feed, {7}), track(make_track(9).feed, {50})});
  for (uint32_t i = 0; i <= Ingress::kForgivenPackets; ++i) EXPECT_FALSE(arrive(8, 1));
  EXPECT_EQ(violations_, 1);
  EXPECT_TRUE(arrive(50, 1));
}

TEST_F(IngressTest, APublisherGetsNoMoreThanItsRatesWhateverItSends) {
  begin_talk();
  open({track(talker_.tracks[0].feed, {7})});
  static_cast<void>(feed().meter.take());
  uint16_t sequence = 0;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 50; ++j) EXPECT_TRUE(arrive(7, ++sequence, i * 10));
    round_trip();
  }
  const uint64_t limited = ingress_->limited.value();
  EXPECT_NEAR(static_cast<double>(limited), 5000 - 220 - 109, 3);
  EXPECT_EQ(feed().limited.value(), limited);
  EXPECT_EQ(ingress_->packets.value(), 5000 - limited);
  EXPECT_EQ(feed().meter.take().packets, 5000 - limited) << "the rest made nobody louder";
  EXPECT_EQ(listener_.path.sent.size(), 5000 - limited);
}

TEST_F(IngressTest, OneTrackCannotFillTheInboxOfALane) {
  begin_talk();
  IngressTrack flood = track(talker_.tracks[0].feed, {7});
  flood.rates.packets_per_s = 1'000'000;
  flood.rates.bitrate_bps = 2'000'000'000;
  open({flood});
  const auto release = block();
  for (uint16_t i = 0; i < 1000; ++i) EXPECT_TRUE(arrive(7, i));
  EXPECT_EQ(lane().inbox_depth(), InboxShare::kMost + 1) << "and the command that blocks it";
  EXPECT_EQ(lane().counters().inbox_full.value(), 0u);
  EXPECT_EQ(feed().limited.value(), 1000 - InboxShare::kMost);
  *release = true;
  round_trip();
  arrive(7, 1000);
  round_trip();
  EXPECT_EQ(listener_.path.sent.size(), InboxShare::kMost + 1);
}

TEST_F(IngressTest, AFailedWakeIsTriedAgainWithTheNextPacket) {
  begin_talk();
  open({track(talker_.tracks[0].feed, {7})});
  const auto release = block();
  for (int i = 0; i < 5000; ++i) lane().post(make_command([](Lane&) noexcept {}));
  room_->feed->awake = false;
  arrive(7, 1);
  EXPECT_FALSE(room_->feed->awake.load()) << "the inbox is full, so nobody has woken it";
  *release = true;
  round_trip();
  arrive(7, 2);
  EXPECT_TRUE(room_->feed->awake.load());
}

}  // namespace
}  // namespace veche::media
