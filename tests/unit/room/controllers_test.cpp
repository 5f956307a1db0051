// SPDX-License-Identifier: Apache-2.0
// Two controllers, each of a kind of media, decide about one room.
#include "room/controllers.hpp"

#include <gmock/gmock.h>
#include <veche/selector.h>

#include "controller_fixture.hpp"

namespace veche::room {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class KindController final : public Controller {
 public:
  KindController(uint32_t kind, std::vector<std::string> reasons)
      : kind_(kind), reasons_(std::move(reasons)) {}
  uint32_t kind() const override { return kind_; }
  const std::vector<std::string>& reasons() const override { return reasons_; }
  void control(const veche_controlled_room& room, veche_room_decision& decision) override {
    sessions.assign(room.sessions, room.sessions + room.session_count);
    routes.clear(), tracks.clear();
    for (uint32_t i = 0; i < room.route_count; ++i) {
      routes.push_back(room.routes[i].track);
      decision.routes[i] = {VECHE_TARGET_OFF, VECHE_PROTECT_NONE, reason, 0};
    }
    for (uint32_t i = 0; i < room.track_count; ++i) {
      tracks.push_back(room.tracks[i].track);
      decision.tracks[i] = {.max_bitrate_bps = kind_ * 1000, .reason = reason};
    }
    for (uint32_t i = 0; i < room.session_count; ++i) {
      decision.sessions[i] = {wish_bps, quality, reason, 0};
    }
  }
  void forget(SessionId session) override { forgotten.push_back(session.value); }
  void forget(RoomId room) override { forgotten.push_back(room.value); }

  uint32_t wish_bps = 0, quality = VECHE_QUALITY_UNKNOWN, reason = 0;
  std::vector<veche_controlled_session> sessions;
  std::vector<uint64_t> routes, tracks, forgotten;

 private:
  const uint32_t kind_;
  const std::vector<std::string> reasons_;
};

/// Two sessions. The first one publishes tracks 1 (audio), 2 (video) and 3 (of a kind that nobody
/// knows), the second 4 (video) and 5 (audio); the first gets 4 and 5, the second 1, 2 and 3.
class ControllersTest : public ::testing::Test {
 protected:
  ControllersTest() {
    constexpr uint32_t kAudio = VECHE_KIND_AUDIO, kVideo = VECHE_KIND_VIDEO, kOther = 9;
    room_.sessions = {
        {.session = 11, .route_count = 2, .track_count = 3},
        {.session = 12, .first_route = 2, .route_count = 3, .first_track = 3, .track_count = 2}};
    room_.tracks = {{.track = 1, .kind = kAudio},
                    {.track = 2, .kind = kVideo},
                    {.track = 3, .kind = kOther},
                    {.track = 4, .kind = kVideo},
                    {.track = 5, .kind = kAudio}};
    room_.routes = {{.track = 4, .kind = kVideo, .flags = VECHE_ROUTE_ABLE_RETRANSMISSION},
                    {.track = 5, .kind = kAudio},
                    {.track = 1, .kind = kAudio},
                    {.track = 2, .kind = kVideo},
                    {.track = 3, .kind = kOther, .flags = VECHE_ROUTE_ABLE_RETRANSMISSION}};
  }
  void ask() { controllers_.ask(room_, RoomId{77}, "lobby", 1); }
  std::vector<std::string> route_reasons() const { return reasons_of(room_.route_decisions); }
  std::vector<std::string> track_reasons() const { return reasons_of(room_.track_decisions); }
  std::vector<std::string> session_reasons() const { return reasons_of(room_.session_decisions); }
  template <class T>
  std::vector<std::string> reasons_of(const std::vector<T>& decisions) const {
    std::vector<std::string> words;
    for (const T& decided : decisions) {
      words.push_back(controllers_.reasons().at(decided.reason));
    }
    return words;
  }

  ControlledRoom room_;
  Controllers controllers_;
  KindController audio_{VECHE_KIND_AUDIO, {"", "loss", "congestion"}};
  KindController video_{VECHE_KIND_VIDEO, {"", "narrow"}};
};

TEST_F(ControllersTest, ShowEachTheRoutesAndTracksOfItsKindAndAllSessions) {
  controllers_.add(video_);
  controllers_.add(audio_);
  ask();
  EXPECT_THAT(audio_.routes, ElementsAre(5, 1));
  EXPECT_THAT(audio_.tracks, ElementsAre(1, 5));
  ASSERT_THAT(audio_.sessions, SizeIs(2));
  EXPECT_EQ(audio_.sessions[1].first_route, 1u);
  EXPECT_EQ(audio_.sessions[1].route_count, 1u);
  EXPECT_EQ(audio_.sessions[1].first_track, 1u);
  EXPECT_EQ(audio_.sessions[1].track_count, 1u);
  EXPECT_THAT(video_.routes, ElementsAre(4, 2));
  EXPECT_THAT(video_.tracks, ElementsAre(2, 4));
  EXPECT_EQ(video_.sessions[0].route_count, 1u);
}

TEST_F(ControllersTest, PutTheirDecisionsTogetherWithTheReasonsOfEach) {
  controllers_.add(video_);
  controllers_.add(audio_);
  audio_.reason = 2;
  video_.reason = 1;
  ask();
  EXPECT_THAT(controllers_.reasons(), ElementsAre("", "loss", "congestion", "narrow"));
  EXPECT_THAT(route_reasons(), ElementsAre("narrow", "congestion", "congestion", "narrow", ""));
  EXPECT_THAT(track_reasons(), ElementsAre("congestion", "narrow", "", "narrow", "congestion"));
  EXPECT_EQ(room_.track_decisions[0].max_bitrate_bps, 1000u);
  EXPECT_EQ(room_.track_decisions[1].max_bitrate_bps, 2000u);
  EXPECT_EQ(room_.route_decisions[0].target, VECHE_TARGET_OFF);
  EXPECT_EQ(room_.route_decisions[4].target, VECHE_TARGET_ALL) << "nobody decides about it";
  EXPECT_EQ(room_.route_decisions[4].protection,
            VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT);
  EXPECT_EQ(room_.track_decisions[2].max_bitrate_bps, 0u);
}

TEST_F(ControllersTest, OfASessionTheGreaterWishAndTheWorseQualityCount) {
  struct Case {
    const char* what;
    uint32_t audio_quality, audio_reason, video_quality, video_reason;
    uint32_t quality;
    const char* reason;
  };
  constexpr Case kCases[] = {
      {"video is worse", VECHE_QUALITY_GOOD, 0, VECHE_QUALITY_POOR, 1, VECHE_QUALITY_POOR,
       "narrow"},
      {"audio is worse", VECHE_QUALITY_FAIR, 1, VECHE_QUALITY_GOOD, 1, VECHE_QUALITY_FAIR, "loss"},
      {"equal", VECHE_QUALITY_FAIR, 2, VECHE_QUALITY_FAIR, 1, VECHE_QUALITY_FAIR, "congestion"},
      {"equal, for no reason", VECHE_QUALITY_GOOD, 0, VECHE_QUALITY_GOOD, 1, VECHE_QUALITY_GOOD,
       ""},
      {"audio knows nothing", VECHE_QUALITY_UNKNOWN, 1, VECHE_QUALITY_GOOD, 0, VECHE_QUALITY_GOOD,
       ""},
  };
  controllers_.add(audio_);
  controllers_.add(video_);
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.what);
    audio_.quality = c.audio_quality, audio_.reason = c.audio_reason;
    video_.quality = c.video_quality, video_.reason = c.video_reason;
    audio_.wish_bps = 64'000, video_.wish_bps = 500'000;
    ask();
    EXPECT_EQ(room_.session_decisions[0].quality, c.quality);
    EXPECT_EQ(session_reasons()[0], c.reason);
    EXPECT_EQ(room_.session_decisions[1].wish_bps, 500'000u);
    std::swap(audio_.wish_bps, video_.wish_bps);
    ask();
    EXPECT_EQ(room_.session_decisions[1].wish_bps, 500'000u);
  }
}

TEST_F(ControllersTest, OneOfAKindLeavesTheOtherKindAsItIs) {
  controllers_.add(video_);
  video_.reason = 1;
  ask();
  EXPECT_THAT(route_reasons(), ElementsAre("narrow", "", "", "narrow", ""));
  EXPECT_EQ(room_.route_decisions[1].target, VECHE_TARGET_ALL);
  EXPECT_THAT(session_reasons(), ElementsAre("narrow", "narrow"));
}

TEST_F(ControllersTest, WhatOneHasDecidedIsGoneWhenItIsRemoved) {
  controllers_.add(audio_);
  controllers_.add(video_);
  audio_.reason = video_.reason = 1;
  ask();
  controllers_.remove(audio_);
  controllers_.remove(audio_);
  ask();
  EXPECT_THAT(route_reasons(), ElementsAre("narrow", "", "", "narrow", ""));
  EXPECT_EQ(room_.track_decisions[0].max_bitrate_bps, 0u);
  controllers_.remove(video_);
  EXPECT_TRUE(controllers_.empty());
  EXPECT_THAT(controllers_.reasons(), ElementsAre(""));
}

TEST_F(ControllersTest, BothForgetSessionsAndRooms) {
  controllers_.add(audio_);
  controllers_.add(video_);
  controllers_.forget(SessionId{11});
  controllers_.forget(RoomId{77});
  EXPECT_THAT(audio_.forgotten, ElementsAre(11, 77));
  EXPECT_THAT(video_.forgotten, ElementsAre(11, 77));
}

using ControllerOfAKindTest = ControllerTest;

TEST_F(ControllerOfAKindTest, DecidesBesideAnotherInARoomOfTheServer) {
  server->controllers().remove(controller_);
  KindController audio(VECHE_KIND_AUDIO, {"", "congestion"});
  KindController video(VECHE_KIND_VIDEO, {"", "narrow"});
  server->controllers().add(audio);
  server->controllers().add(video);
  audio.reason = 1;
  audio.quality = VECHE_QUALITY_FAIR, video.quality = VECHE_QUALITY_POOR, video.reason = 1;
  tick();
  EXPECT_THAT(audio.routes, ElementsAre(bob_->tracks()[0].track.value));
  EXPECT_THAT(video.routes, IsEmpty());
  EXPECT_FALSE(ann_->active_slots.at(0));
  EXPECT_EQ(room_->find("ann")->slot_states()[0].control.reason, "congestion");
  EXPECT_EQ(room_->find("ann")->network(), (NetworkQuality{Quality::Poor, "narrow"}));
  server->controllers().remove(audio);
  tick();
  EXPECT_TRUE(ann_->active_slots.at(0));
  EXPECT_EQ(room_->find("ann")->network().quality, Quality::Poor) << "the other one goes on";
  server->controllers().remove(video);
  tick();
  EXPECT_EQ(room_->find("ann")->network().quality, Quality::Unknown);
}

}  // namespace
}  // namespace veche::room
