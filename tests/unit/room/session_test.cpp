// SPDX-License-Identifier: Apache-2.0
// Sessions of participants: offer, answer, replacement and every way to end, also at the worst
// moments.
#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SessionTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({});
    return &make_room();
  }();
  Participant& bob = join(room, "bob");
  void SetUp() override { take_events(); }
};

TEST_F(SessionTest, GoesFromOfferToConnected) {
  EXPECT_EQ(bob.session_state(), SessionState::Ended);
  EXPECT_EQ(bob.session_name(), "");
  FakeSession& session = offer(bob, "TSS");
  EXPECT_EQ(bob.session_state(), SessionState::Connecting);
  EXPECT_EQ(session.request.participant, bob.number());
  EXPECT_EQ(session.request.source_number, bob.source_number());
  EXPECT_EQ(session.request.room_name, "r");
  EXPECT_EQ(session.request.participant_name, "bob");
  session.answer(std::string("v=0 answer"));
  EXPECT_THAT(answers, IsEmpty()) << "later, not from within the media layer's call";
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].value().sdp, "v=0 answer");
  EXPECT_EQ(answers[0].value().session, bob.session_name());
  EXPECT_EQ(bob.session_name().size(), 32u);
  EXPECT_EQ(bob.slots().size(), 2u);
  EXPECT_THAT(take_events(), IsEmpty()) << "nobody has joined before media flows";

  session.connect();
  EXPECT_EQ(bob.session_state(), SessionState::Connected);
  EXPECT_EQ(bob.statistics().packets_received, 7u);
  EXPECT_THAT(take_events(), ElementsAre("participant.joined bob", "track.published bob"));
}

TEST_F(SessionTest, HasWhatTheParticipantMay) {
  const ParticipantSettings settings{.permissions = {.publish_audio = false, .subscribe = false},
                                     .max_audio_slots = 3};
  Participant& listener = *room.join("listener", settings).value();
  ASSERT_TRUE(listener.update({.pinned = {{"bob"}}}).ok());
  const FakeSession& session = offer(listener);
  EXPECT_FALSE(session.request.publish_audio);
  EXPECT_FALSE(media().listening[listener.number()]);
  EXPECT_EQ(media().max_speakers[listener.number()], 3u);
  EXPECT_EQ(media().preferences[listener.number()].size(), 1u);
  offer(bob);
  EXPECT_TRUE(media().listening[bob.number()]);
}

TEST_F(SessionTest, PlansWhatItsKindOfClientCanDo) {
  const auto open = [&](const std::string& sdp, ClientKind client) {
    bob.open_session(sdp, [this](const auto& answer) { answers.push_back(answer); },
                     {.client = client});
    run();
  };
  open("TSS", ClientKind::Publisher);
  EXPECT_EQ(bob.client(), ClientKind::Publisher);
  EXPECT_EQ(media().newest().tracks().size(), 1u);
  EXPECT_EQ(media().newest().slots().size(), 0u);
  EXPECT_EQ(room.find_by_session(bob.session_name()), &bob);
  EXPECT_EQ(room.find_by_session(""), nullptr);
  open("TSS", ClientKind::Player);
  EXPECT_EQ(media().newest().tracks().size(), 0u);
  EXPECT_EQ(media().newest().slots().size(), 2u);
  answers.clear();
  open("T", ClientKind::Player);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(bob.client(), ClientKind::Player) << "nothing has changed";
}

TEST_F(SessionTest, RefusesClientsWithoutEventsWhatTheyMayNot) {
  const auto refusal = [&](ClientKind client) {
    answers.clear();
    bob.open_session("TSS", [this](const auto& answer) { answers.push_back(answer); },
                     {.client = client});
    run();
    return answers.empty() ? std::string() : answers[0].error().message;
  };
  const Permissions none{.publish_audio = false, .subscribe = false};
  ASSERT_TRUE(bob.update({.permissions = none}).ok());
  EXPECT_EQ(refusal(ClientKind::Publisher), "The participant may not publish audio.");
  EXPECT_EQ(refusal(ClientKind::Player), "The participant may not listen.");
  EXPECT_EQ(refusal(ClientKind::Full), "") << "it is told when it may";
}

TEST_F(SessionTest, TakesThePathThatItsRoomHasWhenItBegins) {
  EXPECT_EQ(offer(bob).request.path, std::nullopt) << "the server's";
  ASSERT_TRUE(room.update({.path = media::PathKind::Pipeline}).ok());
  EXPECT_EQ(offer(bob).request.path, media::PathKind::Pipeline);
  EXPECT_EQ(media().sessions.front()->request.path, std::nullopt) << "it goes on as it was";
}

TEST_F(SessionTest, ItsTracksMaySendWhatItsRoomSaysWhenItBegins) {
  EXPECT_EQ(offer(bob).request.audio_rates, media::TrackRates{}) << "the server's";
  ASSERT_TRUE(room.update({.audio_packets_per_s = 200u}).ok());
  EXPECT_EQ(offer(bob).request.audio_rates, (media::TrackRates{200, 400'000}));
}

TEST_F(SessionTest, TellsOnceThatATrackSendsMoreThanItMay) {
  FakeSession& session = connect(room, "bob");
  take_events();
  for (int i = 0; i < 50; ++i) {
    session.limited = {static_cast<uint64_t>(i / 20)};
    tick();
  }
  EXPECT_THAT(take_events(), ElementsAre("track.limited bob"));
  std::vector<std::string> noted;
  for (const TraceEntry& entry : bob.trace().entries()) {
    if (entry.type == std::string("track.limited")) noted.push_back(entry.data);
  }
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_THAT(noted[0], HasSubstr(R"("mid":"0","kind":"audio","packets":1})"));
}

TEST_F(SessionTest, SurvivesABadOffer) {
  const FakeSession& session = connect(room, "bob");
  const std::string name = bob.session_name();
  offer(bob, "nonsense");
  EXPECT_EQ(answers.size(), 1u) << "later, not from within the call";
  run();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(session.closed, 0);
  EXPECT_EQ(bob.session_name(), name);
  EXPECT_EQ(bob.session_state(), SessionState::Connected);
}

TEST_F(SessionTest, IsReplacedByTheNextOfferWhichKeepsWhatWasAsked) {
  FakeSession& first = connect(room, "bob");
  const std::string first_name = bob.session_name();
  ASSERT_TRUE(bob.update({.muted_by_backend = true}).ok());
  media().muted.clear();
  take_events();

  FakeSession& second = offer(bob, "TTS");
  EXPECT_EQ(first.closed, 1);
  EXPECT_EQ(bob.session_state(), SessionState::Connecting);
  EXPECT_TRUE(media().muted[bob.number()]);
  first.end(media::SessionEnd::MediaError);
  EXPECT_TRUE(room.find("bob")) << "a word of the old session ends nothing";
  EXPECT_EQ(bob.close_session(first_name, EndReason::Left).error().code, ErrorCode::NotFound);

  second.answer();
  second.connect();
  EXPECT_NE(bob.session_name(), first_name);
  EXPECT_EQ(bob.slots().size(), 1u);
  EXPECT_THAT(take_events(),
              ElementsAre("track.unpublished bob", "track.published bob", "track.published bob"));
}

TEST_F(SessionTest, MayBeReplacedWhileTheAnswerIsPending) {
  FakeSession& first = offer(bob);
  FakeSession& second = offer(bob);
  first.answer(std::string("too late"));
  second.answer(std::string("second"));
  run();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::Conflict);
  EXPECT_EQ(answers[1].value().sdp, "second");
  EXPECT_EQ(first.closed, 1);
}

TEST_F(SessionTest, AnswersOnceWhenTheParticipantIsRemovedMeanwhile) {
  FakeSession& session = offer(bob);
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  session.answer();
  run();
  session.answer();
  session.connect();
  session.end(media::SessionEnd::PeerTimeout);
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::NotFound);
  EXPECT_EQ(session.closed, 1);
  EXPECT_THAT(take_events(), IsEmpty());
}

TEST_F(SessionTest, RefusesOffersOfWhomWasRemovedInTheSameTurn) {
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  bob.open_session("TS", [this](const auto& answer) { answers.push_back(answer); });
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::NotFound);
  EXPECT_THAT(media().sessions, IsEmpty());
}

TEST_F(SessionTest, FailsWithTheMediaLayersReasonAndMayBeTriedAgain) {
  offer(bob).answer(Error{ErrorCode::Exhausted, "No descriptors left."});
  run();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error().code, ErrorCode::Exhausted);
  EXPECT_EQ(bob.session_state(), SessionState::Ended);
  offer(bob).answer();
  run();
  EXPECT_TRUE(answers[1].ok());

  offer(bob).answer(internal("broken"));
  tick(59'900);
  ASSERT_TRUE(room.find("bob")) << "a minute from the end of the last session";
  tick(60'000);
  EXPECT_FALSE(room.find("bob"));
}

TEST_F(SessionTest, TakesTheParticipantWithItWhenItEnds) {
  const struct {
    media::SessionEnd end;
    const char* reason;
  } cases[] = {
      {media::SessionEnd::PeerTimeout, R"("reason":"peer_timeout")"},
      {media::SessionEnd::BadFingerprint, R"("reason":"bad_fingerprint")"},
      {media::SessionEnd::PolicyViolation, R"("reason":"policy_violation")"},
      {media::SessionEnd::MediaError, R"("reason":"media_error")"},
  };
  for (const auto& [end, reason] : cases) {
    FakeSession& session = connect(room, "carol");
    tick(2500);
    session.end(end, "because");
    EXPECT_FALSE(room.find("carol"));
    run();
    EXPECT_EQ(events.back().type, "participant.left");
    EXPECT_THAT(events.back().data, AllOf(HasSubstr(reason), HasSubstr(R"("detail":"because")"),
                                          HasSubstr(R"("duration_s":2)")));
    EXPECT_EQ(events[events.size() - 2].type, "track.unpublished");
    EXPECT_EQ(session.closed, 1);
  }
}

TEST_F(SessionTest, ARejoinWithinASecondGivesJoinedLeftJoinedInOrder) {
  connect(room, "bob");
  ASSERT_TRUE(bob.close_session(bob.session_name(), EndReason::Left).ok());
  tick(300);
  connect(room, "bob");
  for (size_t i = 1; i < events.size(); ++i) EXPECT_EQ(events[i].seq, events[i - 1].seq + 1);
  EXPECT_THAT(take_events(),
              ElementsAre("participant.joined bob", "track.published bob", "track.unpublished bob",
                          "participant.left bob", "participant.joined bob", "track.published bob"));
}

TEST_F(SessionTest, EndsWhenTheClientLeaves) {
  connect(room, "bob");
  EXPECT_EQ(bob.close_session("", EndReason::Left).error().code, ErrorCode::NotFound);
  EXPECT_EQ(bob.close_session("other", EndReason::Left).error().code, ErrorCode::NotFound);
  take_events();
  ASSERT_TRUE(bob.close_session(bob.session_name(), EndReason::Left).ok());
  EXPECT_FALSE(room.find("bob"));
  run();
  EXPECT_THAT(events.back().data, AllOf(HasSubstr(R"("reason":"left")"), Not(HasSubstr("detail"))));
}

TEST_F(SessionTest, WithoutOneThereIsNothingToClose) {
  EXPECT_EQ(bob.close_session("", EndReason::Left).error().code, ErrorCode::NotFound);
}

/// The media layer's session continues to use itself after each of these calls (see FakeSession).
TEST_F(SessionTest, IsNotFreedWithinItsOwnEvents) {
  FakeSession* session = &offer(bob);
  media().sessions.clear();
  session->answer(internal("broken"));
  run();

  session = &connect(room, "bob");
  media().sessions.clear();
  session->end(media::SessionEnd::MediaError);
  run();
  EXPECT_FALSE(room.find("bob"));
}

TEST_F(SessionTest, GivesBackItsMemoryWithTheNextTurnOfTheLoop) {
  connect(room, "bob");
  const std::weak_ptr<FakeSession> session = media().sessions.back();
  media().sessions.clear();
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  run();
  EXPECT_TRUE(session.expired());
}

}  // namespace
}  // namespace veche::room
