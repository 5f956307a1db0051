// SPDX-License-Identifier: Apache-2.0
// What a backend has decided about a participant, and how long it holds.
#include "room/decisions.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

constexpr Permissions kListener{.publish_audio = false, .publish_video = false};

TEST(Decisions, ApplyOnlyWhatWasDecided) {
  Decision decision;
  EXPECT_FALSE(decision);
  decision.note({.name = "Bob", .muted_by_self = true});
  EXPECT_FALSE(decision) << "these are not the backend's";
  decision.note({.permissions = kListener});
  ParticipantSettings settings{.muted_by_backend = true};
  decision.apply(settings);
  EXPECT_EQ(settings.permissions, kListener);
  EXPECT_TRUE(settings.muted_by_backend);
  decision.note({.muted_by_backend = false});
  decision.apply(settings);
  EXPECT_FALSE(settings.muted_by_backend);
}

TEST(Decisions, TheOldestGoesWhenThereAreTooMany) {
  Decisions decisions;
  const Decision muted{.muted = true};
  const size_t most = Decisions::kLeast + 10;
  for (size_t i = 0; i < most; ++i) decisions.keep(std::to_string(i), muted, most);
  decisions.keep("0", muted, most);
  decisions.keep("nothing was decided", {}, most);
  EXPECT_TRUE(decisions.find("1"));
  decisions.keep("one more", muted, most);
  EXPECT_FALSE(decisions.find("1"));
  EXPECT_TRUE(decisions.find("0")) << "it has left again since";
  decisions.keep("another", muted, 1);
  EXPECT_FALSE(decisions.find("12"));
  EXPECT_TRUE(decisions.find("13")) << "at least kLeast are kept";
}

class DecisionsTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({});
    return &make_room();
  }();
  void SetUp() override {}
  void leave(const std::string& id) { ASSERT_TRUE(room.remove(id, EndReason::Left).ok()); }
};

TEST_F(DecisionsTest, TheClientDoesNotClearTheBackendsMute) {
  connect(room, "bob");
  Participant& bob = *room.find("bob");
  ASSERT_TRUE(bob.update({.muted_by_backend = true}).ok());
  ASSERT_TRUE(bob.update({.muted_by_self = true}).ok());
  ASSERT_TRUE(bob.update({.muted_by_self = false}).ok());
  EXPECT_TRUE(bob.muted());
  EXPECT_TRUE(media().muted[bob.number()]);
  ASSERT_TRUE(bob.update({.muted_by_backend = false, .muted_by_self = true}).ok());
  EXPECT_TRUE(media().muted[bob.number()]) << "nor the other way round";
  ASSERT_TRUE(bob.update({.muted_by_self = false}).ok());
  EXPECT_FALSE(media().muted[bob.number()]);
}

TEST_F(DecisionsTest, HoldWhenTheParticipantRejoins) {
  for (const EndReason reason : {EndReason::Left, EndReason::PeerTimeout, EndReason::Removed}) {
    connect(room, "bob");
    ASSERT_TRUE(
        room.find("bob")->update({.permissions = kListener, .muted_by_backend = true}).ok());
    ASSERT_TRUE(room.find("bob")->update({.muted_by_self = true}).ok());
    ASSERT_TRUE(room.remove("bob", reason).ok());
    const Participant& again = *room.join("bob", {.name = "Bob"}).value();
    EXPECT_TRUE(again.muted_by_backend());
    EXPECT_FALSE(again.muted_by_self()) << "its client says that itself";
    EXPECT_EQ(again.settings().permissions, kListener);
    EXPECT_EQ(again.name(), "Bob");
    offer(*room.find("bob"));
    EXPECT_TRUE(media().muted[again.number()]);
    leave("bob");
  }
  EXPECT_TRUE(join(room, "bob").muted_by_backend()) << "also the second time";
  EXPECT_FALSE(join(room, "carol").muted_by_backend());
}

TEST_F(DecisionsTest, HoldAgainstAnOlderToken) {
  room.join("bob", {.permissions = kListener, .muted_by_backend = true}).value();
  ASSERT_TRUE(
      room.find("bob")->update({.permissions = Permissions{}, .muted_by_backend = false}).ok());
  leave("bob");
  const Participant& again =
      *room.join("bob", {.permissions = kListener, .muted_by_backend = true}).value();
  EXPECT_FALSE(again.muted_by_backend());
  EXPECT_EQ(again.settings().permissions, Permissions{});
}

TEST_F(DecisionsTest, HoldForAttributesWhateverTheTokenSays) {
  const Attributes host{{"role", "host"}}, guest{{"role", "guest"}};
  room.join("bob", {.attributes = host}).value();
  ASSERT_TRUE(room.find("bob")->update({.attributes = guest}).ok());
  leave("bob");
  EXPECT_EQ(room.join("bob", {.attributes = host}).value()->settings().attributes, guest);
  ASSERT_TRUE(room.invite("bob", {.attributes = Attributes{}}).ok());
  leave("bob");
  EXPECT_EQ(room.join("bob", {.attributes = host}).value()->settings().attributes, Attributes{});
}

TEST_F(DecisionsTest, AnInvitationChangesWhatItGives) {
  connect(room, "bob");
  ASSERT_TRUE(room.find("bob")->update({.permissions = kListener, .muted_by_backend = true}).ok());
  leave("bob");
  EXPECT_EQ(room.settings_of("bob").permissions, kListener);
  const Participant& bob = *room.invite("bob", {.name = "Bob", .muted_by_backend = false}).value();
  EXPECT_FALSE(bob.muted());
  EXPECT_EQ(bob.settings().permissions, kListener);
  ASSERT_EQ(room.invite("bob", {.permissions = Permissions{}}).value(), &bob);
  EXPECT_EQ(bob.settings().permissions, Permissions{});
  EXPECT_EQ(bob.name(), "Bob");
  EXPECT_EQ(room.invite("bob", {.metadata = "no"}).error().code, ErrorCode::InvalidArgument);
}

TEST_F(DecisionsTest, HoldForAnInvitedParticipantThatIsLate) {
  ASSERT_TRUE(room.invite("bob", {.muted_by_backend = true}).ok());
  connect(room, "carol");
  tick(60'000);
  ASSERT_FALSE(room.find("bob")) << "it has no session for a minute";
  EXPECT_TRUE(join(room, "bob").muted_by_backend());
}

TEST_F(DecisionsTest, EndWithTheRoom) {
  connect(room, "bob");
  ASSERT_TRUE(room.find("bob")->update({.muted_by_backend = true}).ok());
  ASSERT_TRUE(server->remove_room("r").ok());
  EXPECT_FALSE(join(make_room(), "bob").muted());
}

}  // namespace
}  // namespace veche::room
