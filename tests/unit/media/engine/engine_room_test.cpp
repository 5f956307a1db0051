// SPDX-License-Identifier: Apache-2.0
// A room that outgrows its selector's memory gets more before the lane needs it; the selector sees
// attributes.
#include "media/engine/engine_room.hpp"

#include <gmock/gmock.h>

#include <veche/cpp/room_view.hpp>

#include "../../repetitions.hpp"
#include "../lane/lane_fixture.hpp"
#include "media/tap/taps.hpp"
#include "media/wire/dtls_relay.hpp"

namespace veche::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// What it has memory for, and whether it ever saw more.
struct Seen {
  size_t space = Selector::kFirstCandidates;
  size_t candidates = 0;
  bool is_short = false;
  // Of the first candidate and the first listener.
  std::string candidate_role, listener_role;
  uint32_t revision = 0;
  uint64_t tag = 0, listener_tag = 0;
};

class CountingRoom final : public Selector::RoomState {
 public:
  explicit CountingRoom(Seen& seen) : seen_(seen) {}
  void use_settings(const Selector::Settings&) noexcept override {}
  void use_memory(Selector::Memory& memory) noexcept override;
  void select(const veche_room_view& view, veche_selection&) noexcept override {
    seen_.candidates = view.candidate_count;
    seen_.is_short |= view.candidate_count > seen_.space;
    const RoomView room(view);
    if (!room.candidates().empty()) {
      seen_.candidate_role = attribute(room.candidates()[0], "role");
      seen_.revision = room.candidates()[0].attributes.revision;
      seen_.tag = room.candidates()[0].tag;
    }
    if (!room.listeners().empty()) {
      seen_.listener_role = attribute(room.listeners()[0], "role");
      seen_.listener_tag = room.listeners()[0].tag;
    }
  }

 private:
  Seen& seen_;
};

struct CountedMemory final : Selector::Memory {
  explicit CountedMemory(size_t space_) : space(space_) {}
  const size_t space;
};

void CountingRoom::use_memory(Selector::Memory& memory) noexcept {
  seen_.space = static_cast<CountedMemory&>(memory).space;
}

class CountingSelector final : public Selector {
 public:
  std::string name() const override { return "counting"; }
  Result<std::unique_ptr<Settings>> make_settings(const std::string&) override {
    return std::make_unique<Settings>();
  }
  Result<std::unique_ptr<RoomState>> open(const Settings&) override {
    seen = {};
    return std::unique_ptr<RoomState>(std::make_unique<CountingRoom>(seen));
  }
  Result<std::unique_ptr<Memory>> make_memory(uint32_t candidates) override {
    made.push_back(candidates);
    return std::unique_ptr<Memory>(std::make_unique<CountedMemory>(candidates));
  }
  Seen seen;  // [lane]; the test reads it after a round trip.
  std::vector<uint32_t> made;
};

class EngineRoomTest : public LaneFixture {
 protected:
  EngineRoomTest() {
    room_ = std::make_shared<RoomLanes>();
    room_->feed = std::make_shared<RoomFeed>(RoomId::next());
    room_->home = &lane();
    room_->all = &lanes_;
    room_->used = {&lane()};
    engine_room_ = std::make_unique<EngineRoom>(room_, sessions_, [](EngineRoom&) {});
    EXPECT_TRUE(engine_room_->use_selector(selector_, nullptr));
  }
  void TearDown() override {
    leave_all();
    engine_room_ = nullptr;
    taps_.finish();
  }
  void join_with(size_t tracks) {
    Participant& publisher = more_listeners_.emplace_back();
    for (size_t i = 0; i < tracks; ++i) publisher.tracks.push_back(make_track(1));
    join(publisher);
    round_trip();
    select(1);
  }

  const Settings settings_;
  DtlsRelay relay_;
  const std::vector<WirePort*> ports_;
  Taps taps_{loop_};
  PeerSessions sessions_{loop_, settings_, relay_, ports_, taps_};
  CountingSelector selector_;
  std::unique_ptr<EngineRoom> engine_room_;
};

TEST_F(EngineRoomTest, GrowsItsSelectorsMemoryBeforeTheLaneNeedsIt) {
  join_with(512);
  EXPECT_EQ(selector_.seen.candidates, 512u);
  EXPECT_THAT(selector_.made, IsEmpty());
  join_with(1);
  EXPECT_EQ(selector_.seen.candidates, 513u);
  EXPECT_THAT(selector_.made, ElementsAre(1024));
  EXPECT_FALSE(selector_.seen.is_short);
  const size_t more = test::repetitions(600u);
  join_with(more);
  EXPECT_EQ(selector_.seen.candidates, 513u + more);
  EXPECT_EQ(selector_.made.back(), more == 600 ? 2048u : 1024u);
  EXPECT_FALSE(selector_.seen.is_short);
}

TEST_F(EngineRoomTest, AnotherSelectorBeginsWithWhatTheRoomNeeds) {
  join_with(600);
  CountingSelector other;
  ASSERT_TRUE(engine_room_->use_selector(other, nullptr));
  round_trip();
  select(2);
  EXPECT_EQ(other.seen.candidates, 600u);
  EXPECT_THAT(other.made, ElementsAre(1024));
  EXPECT_FALSE(other.seen.is_short);
  leave_all();
  ASSERT_TRUE(engine_room_->use_selector(selector_, nullptr));
  round_trip();
}

TEST_F(EngineRoomTest, ShowsItsSelectorTheAttributesOfCandidatesAndListeners) {
  const Seen& seen = selector_.seen;
  const auto ask = [this](int64_t now_ns) {
    round_trip();
    select(now_ns);
  };
  engine_room_->set_attributes(talker_.id, {{"language", "en"}, {"role", "host"}});
  join_with(1);
  EXPECT_EQ(seen.candidate_role, "host") << "also of a participant that joins later";
  EXPECT_EQ(seen.listener_role, "");
  const uint32_t first = seen.revision;
  EXPECT_NE(first, 0u);

  const ParticipantId listener = more_listeners_.back().id;
  engine_room_->set_attributes(talker_.id, {{"role", "guest"}});
  engine_room_->set_attributes(listener, {{"role", "host"}});
  ask(2);
  EXPECT_EQ(seen.candidate_role, "guest");
  EXPECT_EQ(seen.listener_role, "host");
  EXPECT_NE(seen.revision, first) << "a selector may keep what it read until then";

  engine_room_->set_attributes(talker_.id, {});
  engine_room_->forget(listener);
  ask(3);
  EXPECT_EQ(seen.candidate_role, "");
  EXPECT_EQ(seen.revision, 0u);
  EXPECT_EQ(seen.listener_role, "");
}

TEST_F(EngineRoomTest, ShowsItsSelectorTheTagsThatItGaveAndNoOtherSelectorSeesThem) {
  const Seen& seen = selector_.seen;
  engine_room_->set_tag(talker_.id, 7);
  join_with(1);
  EXPECT_EQ(seen.tag, 7u) << "also of a participant that joins later";
  const ParticipantId listener = more_listeners_.back().id;
  engine_room_->set_tag(listener, 9);
  engine_room_->set_attributes(talker_.id, {{"role", "host"}});
  round_trip();
  select(2);
  EXPECT_EQ(seen.tag, 7u);
  EXPECT_EQ(seen.listener_tag, 9u);
  engine_room_->forget(listener);
  round_trip();
  select(3);
  EXPECT_EQ(seen.listener_tag, 0u);

  CountingSelector other;
  ASSERT_TRUE(engine_room_->use_selector(other, nullptr));
  round_trip();
  select(4);
  EXPECT_EQ(other.seen.tag, 0u);
  EXPECT_EQ(other.seen.candidate_role, "host") << "attributes are the backend's";
  ASSERT_TRUE(engine_room_->use_selector(selector_, nullptr));
  round_trip();
}

TEST_F(EngineRoomTest, ShowsTheTagsToThePolicyOfTheSamePluginAlone) {
  const auto policy_of = [](bool shows_tags) {
    auto policy =
        std::make_unique<ScriptedPolicy>([](const veche_packet&, uint32_t) { return true; });
    policy->shows_tags = shows_tags;
    return policy;
  };
  uint16_t sequence = 0;
  /// What the policy of a participant that hears the talker sees: publisher, listener.
  const auto seen = [&](const Participant& listener) {
    post(++sequence);
    round_trip();
    const veche_route& route = static_cast<ScriptedPolicy&>(*listener.policy).route;
    return std::pair(route.publisher_tag, route.listener_tag);
  };
  using Tags = std::pair<uint64_t, uint64_t>;
  engine_room_->set_tag(talker_.id, 7);
  engine_room_->set_tag(listener_.id, 9);
  listener_.policy = policy_of(true);
  Participant& other = more_listeners_.emplace_back();
  other.policy = policy_of(false);
  other.first_ssrc = 300;
  join(talker_);
  for (Participant* listener : {&listener_, &other}) {
    join(*listener);
    lane().post(make_command(
        [session = listener->attachment->session(), track = feed().id](Lane& on) noexcept {
          on.switchboard().fill(session, 0, track, on.now_ns());
        }));
  }
  EXPECT_EQ(seen(listener_), Tags(7, 9)) << "also of participants that join later";
  EXPECT_EQ(seen(other), Tags(0, 0)) << "they are another plugin's";
  engine_room_->set_tag(talker_.id, 8);
  engine_room_->set_tag(listener_.id, 0);
  EXPECT_EQ(seen(listener_), Tags(8, 0));

  engine_room_->set_tag(listener_.id, 9);
  CountingSelector next;
  ASSERT_TRUE(engine_room_->use_selector(next, nullptr));
  EXPECT_EQ(seen(listener_), Tags(0, 0)) << "another selector has given none";
  leave_all();
  ASSERT_TRUE(engine_room_->use_selector(selector_, nullptr));
  round_trip();
}

}  // namespace
}  // namespace veche::media
