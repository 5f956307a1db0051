// SPDX-License-Identifier: Apache-2.0
// Participants: identity, updates, and preferences.
#include "room/participant.hpp"

#include <set>

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ParticipantTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({.max_audio_slots = 4, .max_video_slots = 2});
    return &make_room();
  }();
  void SetUp() override { take_events(); }

  /// "number pinned
  /// blocked" of each of the participant's preferences on the lane.
  std::vector<std::string> preferences(const Participant& participant) {
    std::vector<std::string> lines;
    for (const media::Preference& preference : media().preferences[participant.number()]) {
      lines.push_back(std::to_string(preference.participant.value) +
                      (preference.pinned ? " pinned" : "") +
                      (preference.blocked ? " blocked" : ""));
    }
    return lines;
  }
  static std::string line(const Participant& participant, const std::string& what) {
    return std::to_string(participant.number().value) + " " + what;
  }
};

TEST_F(ParticipantTest, HasANameForPeopleAndAnUnguessableSourceNumber) {
  Participant& bob = join(room, "bob");
  EXPECT_EQ(bob.name(), "bob");
  EXPECT_EQ(room.join("carol", {.name = "Карла"}).value()->name(), "Карла");
  std::set<uint32_t> numbers;
  for (int i = 0; i < 100; ++i) {
    numbers.insert(join(room, "p" + std::to_string(i)).source_number());
  }
  EXPECT_EQ(numbers.size(), 100u);
  EXPECT_FALSE(numbers.contains(0));
  EXPECT_GT(*numbers.rbegin() - *numbers.begin(), 1000u);
}

TEST_F(ParticipantTest, IsRefusedWithBadNameOrSettings) {
  EXPECT_EQ(room.join("a b", {}).error().code, ErrorCode::InvalidArgument);
  const struct {
    ParticipantSettings settings;
    const char* message;
  } cases[] = {
      {{.name = std::string(257, 'x')}, "at most 256 bytes"},
      {{.name = "\xff"}, "UTF-8"},
      {{.metadata = "null"}, "must be a JSON object"},
      {{.max_audio_slots = 5}, "max_audio_slots must be 0 (no limit of its own) to 4"},
      {{.max_video_slots = 3}, "max_video_slots must be 0 (no limit of its own) to 2"},
  };
  for (const auto& [settings, message] : cases) {
    const Result<Participant*> joined = room.join("bob", settings);
    ASSERT_FALSE(joined.ok()) << message;
    EXPECT_EQ(joined.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(joined.error().message, HasSubstr(message));
  }
  EXPECT_THAT(room.participants(), IsEmpty());
}

TEST_F(ParticipantTest, WritesNothingForAnUpdateThatChangesNothing) {
  Participant& bob = join(room, "bob");
  ASSERT_TRUE(bob.update({.muted_by_self = true, .pinned = {{"carol"}}}).ok());
  take_events();
  const uint64_t revision = bob.revision();
  const size_t noted = bob.trace().entries().size();
  log::configure(log::Level::Debug, log::Format::Text);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(bob.update({.muted_by_self = true, .pinned = {{"carol"}}}).ok());
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(take_events(), IsEmpty());
  EXPECT_EQ(bob.trace().entries().size(), noted);
  EXPECT_EQ(bob.revision(), revision);
}

TEST_F(ParticipantTest, MayMuteItselfWhateverALaterLimitSaysOfItsSettings) {
  Participant& bob = *room.join("bob", {.max_audio_slots = 4}).value();
  server->use_limits({.max_audio_slots = 2});
  EXPECT_TRUE(bob.update({.muted_by_self = true}).ok());
  EXPECT_FALSE(bob.update({.max_audio_slots = 3}).ok());
}

TEST_F(ParticipantTest, KeepsItsSettingsWhenItJoinsAgain) {
  Participant& bob = join(room, "bob");
  ASSERT_TRUE(bob.update({.name = "Bob"}).ok());
  EXPECT_EQ(room.join("bob", {.name = "Robert"}).value(), &bob);
  EXPECT_EQ(bob.name(), "Bob");
}

TEST_F(ParticipantTest, ChecksAPatchBeforeItChangesAnything) {
  Participant& bob = join(room, "bob");
  const std::vector<std::string> many(65, "x");
  for (const ParticipantPatch& patch : {
           ParticipantPatch{.name = "new", .metadata = "no"},
           ParticipantPatch{.name = "new", .max_audio_slots = 99},
           ParticipantPatch{.name = "new", .pinned = many},
           ParticipantPatch{.name = "new", .blocked = many},
           ParticipantPatch{.name = "new", .muted_by_backend = true, .blocked = {{"a b"}}},
       }) {
    EXPECT_EQ(bob.update(patch).error().code, ErrorCode::InvalidArgument);
  }
  EXPECT_EQ(bob.name(), "bob");
  EXPECT_FALSE(bob.muted());
  EXPECT_EQ(bob.revision(), 1u);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(ParticipantTest, ReportsRealChangesOnly) {
  Participant& bob = join(room, "bob");
  ASSERT_TRUE(
      bob.update({.name = "Bob \"B\"", .metadata = R"({"a":1})", .muted_by_backend = true}).ok());
  ASSERT_TRUE(bob.update({.muted_by_backend = true}).ok());
  ASSERT_TRUE(bob.update({}).ok());
  EXPECT_EQ(bob.revision(), 2u);
  run();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "participant.updated");
  EXPECT_EQ(events[0].participant, "bob");
  EXPECT_THAT(events[0].data, AllOf(HasSubstr(R"("Bob \"B\"")"), HasSubstr(R"({"a":1})"),
                                    HasSubstr(R"("muted":true,"muted_by_backend":true)"),
                                    HasSubstr(R"("muted_by_self":false,"permissions":)")));
}

TEST_F(ParticipantTest, TellsTheLaneWhatChanges) {
  connect(room, "bob");
  Participant& bob = *room.find("bob");
  ASSERT_TRUE(bob.update({.max_audio_slots = 2, .muted_by_backend = true}).ok());
  EXPECT_TRUE(media().muted[bob.number()]);
  EXPECT_EQ(media().max_speakers[bob.number()], 2u);
  ASSERT_TRUE(bob.update({.max_audio_slots = 0, .muted_by_backend = false}).ok());
  EXPECT_FALSE(media().muted[bob.number()]);
  EXPECT_EQ(media().max_speakers[bob.number()], 0u);
}

TEST_F(ParticipantTest, ShowsItsAttributesToSelectorsClientsAndEvents) {
  const Attributes host{{"role", "host"}};
  Participant& ann = *room.join("ann", {.attributes = host}).value();
  FakeSession& session = offer(ann);
  EXPECT_EQ(media().attributes[ann.number()], host);
  session.answer();
  session.connect();
  run();
  EXPECT_THAT(events.back().type, "track.published");
  RecordingSink sink;
  const auto watching = room.watch("ann", sink).value();
  EXPECT_EQ(sink.snapshot.self.attributes, host);
  events.clear();
  ASSERT_TRUE(ann.update({.attributes = Attributes{{"role", "guest"}}}).ok());
  run();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].type, "participant.updated");
  EXPECT_THAT(events[0].data, testing::HasSubstr(R"("attributes":{"role":"guest"})"));
  EXPECT_EQ(media().attributes[ann.number()].at("role"), "guest");
  tick();
  tick();
  ASSERT_EQ(sink.newest.changed.size(), 1u);
  EXPECT_EQ(sink.newest.changed[0]->attributes.at("role"), "guest");
}

TEST_F(ParticipantTest, RefusesAttributesThatAreTooManyOrTooLong) {
  Attributes many;
  for (int i = 0; i < 17; ++i) many[std::to_string(i)] = "x";
  const Attributes cases[] = {many,
                              {{"", "x"}},
                              {{"a b", "x"}},
                              {{std::string(33, 'a'), "x"}},
                              {{"role", std::string(129, 'x')}},
                              {{"role", "\xff"}}};
  for (const Attributes& bad : cases) {
    EXPECT_EQ(room.join("ann", {.attributes = bad}).error().code, ErrorCode::InvalidArgument);
  }
  many.erase("16");
  many["0"] = std::string(128, 'x');
  EXPECT_TRUE(room.join("ann", {.attributes = many}).ok());
}

TEST_F(ParticipantTest, IsSilentAtOnceWhenItMayNoLongerPublish) {
  connect(room, "bob");
  Participant& bob = *room.find("bob");
  ASSERT_TRUE(bob.update({.permissions = Permissions{.publish_audio = false}}).ok());
  EXPECT_TRUE(media().muted[bob.number()]);
  EXPECT_FALSE(bob.muted());
  EXPECT_FALSE(offer(bob).request.publish_audio);
}

TEST_F(ParticipantTest, HearsNothingAtOnceWhenItMayNoLongerSubscribe) {
  connect(room, "bob");
  Participant& bob = *room.find("bob");
  EXPECT_TRUE(media().listening[bob.number()]);
  ASSERT_TRUE(bob.update({.permissions = Permissions{.subscribe = false}}).ok());
  EXPECT_FALSE(media().listening[bob.number()]);
  ASSERT_TRUE(bob.update({.permissions = Permissions{}}).ok());
  EXPECT_TRUE(media().listening[bob.number()]);
}

TEST_F(ParticipantTest, PublishesAtOnceWhenItMay) {
  Participant& bob = *room.join("bob", {.permissions = {.publish_audio = false}}).value();
  FakeSession& session = offer(bob);
  session.answer();
  session.connect();
  EXPECT_THAT(bob.tracks(), IsEmpty());
  EXPECT_THAT(take_events(), ElementsAre("participant.joined bob"));
  ASSERT_TRUE(bob.update({.permissions = Permissions{}}).ok());
  EXPECT_EQ(bob.tracks().size(), 1u);
  EXPECT_FALSE(media().muted[bob.number()]);
  EXPECT_THAT(take_events(), ElementsAre("track.published bob", "participant.updated bob"));
  ASSERT_TRUE(bob.update({.permissions = Permissions{.publish_audio = false}}).ok());
  EXPECT_TRUE(media().muted[bob.number()]);
  ASSERT_TRUE(bob.update({.permissions = Permissions{}}).ok());
  EXPECT_THAT(take_events(), ElementsAre("participant.updated bob", "participant.updated bob"))
      << "its track stays published";
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  EXPECT_THAT(take_events(), ElementsAre("track.unpublished bob", "participant.left bob"));
}

TEST_F(ParticipantTest, PrefersParticipantsByNameWhoeverHasIt) {
  connect(room, "bob");
  Participant& bob = *room.find("bob");
  ASSERT_TRUE(bob.update({.pinned = {{"carol", "dave"}}, .blocked = {{"eve"}}}).ok());
  EXPECT_THAT(preferences(bob), IsEmpty());

  const Participant& eve = join(room, "eve");
  EXPECT_THAT(preferences(bob), ElementsAre(line(eve, "blocked")));
  const std::string first_carol = line(join(room, "carol"), "pinned");
  EXPECT_THAT(preferences(bob), ElementsAre(line(eve, "blocked"), first_carol));
  ASSERT_TRUE(room.remove("carol", EndReason::Removed).ok());
  EXPECT_THAT(preferences(bob), ElementsAre(line(eve, "blocked")));
  const std::string second_carol = line(join(room, "carol"), "pinned");
  EXPECT_NE(first_carol, second_carol);
  EXPECT_THAT(preferences(bob), ElementsAre(line(eve, "blocked"), second_carol));
}

TEST_F(ParticipantTest, BlocksWhomItAlsoPinned) {
  connect(room, "bob");
  const Participant& eve = join(room, "eve");
  ASSERT_TRUE(room.find("bob")->update({.pinned = {{"eve", "eve"}}, .blocked = {{"eve"}}}).ok());
  EXPECT_THAT(preferences(*room.find("bob")), ElementsAre(line(eve, "blocked")));
}

TEST_F(ParticipantTest, DoesNotBotherTheLaneWithoutASession) {
  Participant& bob = join(room, "bob");
  ASSERT_TRUE(bob.update({.muted_by_backend = true, .pinned = {{"carol"}}}).ok());
  join(room, "carol");
  EXPECT_THAT(media().muted, IsEmpty());
  EXPECT_THAT(media().preferences, IsEmpty());
}

TEST_F(ParticipantTest, IsDroppedAfterAMinuteWithoutASession) {
  join(room, "bob");
  tick(59'900);
  ASSERT_TRUE(room.find("bob"));
  tick(100);
  EXPECT_FALSE(room.find("bob"));
  EXPECT_THAT(take_events(), Not(testing::Contains("participant.left bob"))) << "it never joined";
}

TEST_F(ParticipantTest, HasOneBeginAndOneEndForEachStayInOrder) {
  connect(room, "bob");
  connect(room, "bob");  // Another session of the same stay.
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  offer(join(room, "bob"));  // It never connects.
  ASSERT_TRUE(room.remove("bob", EndReason::PeerTimeout).ok());
  connect(room, "bob");
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  std::vector<std::string> turns = take_events();
  std::erase_if(turns, [](const std::string& line) { return !line.starts_with("participant."); });
  EXPECT_THAT(turns, ElementsAre("participant.joined bob", "participant.left bob",
                                 "participant.joined bob", "participant.left bob"));
}

TEST_F(ParticipantTest, StaysWhileItsSessionConnects) {
  offer(join(room, "bob"));
  tick(1'000'000);
  EXPECT_TRUE(room.find("bob"));
}

TEST_F(ParticipantTest, IsForgottenByTheMediaLayerWhenItIsGone) {
  connect(room, "bob");
  const ParticipantId bob = room.find("bob")->number();
  offer(*room.find("bob"));
  EXPECT_THAT(media().forgotten, IsEmpty()) << "a replaced session's participant stays";
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  EXPECT_THAT(media().forgotten, ElementsAre(bob));
}

TEST_F(ParticipantTest, RemovalOfNobodyIsNotFound) {
  EXPECT_EQ(room.remove("bob", EndReason::Removed).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace veche::room
