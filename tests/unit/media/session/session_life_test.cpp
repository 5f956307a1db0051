// SPDX-License-Identifier: Apache-2.0
// The life of a session as a table: each end at each moment is a row. No thread, no loop, no clock.
#include "media/session/session_life.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace veche::media {
namespace {

using namespace session_event;

constexpr int64_t kTimeoutNs = 15 * kNsPerS;

const std::map<SessionAction, std::string> kNames = {
    {SessionAction::Negotiate, "negotiate"},    {SessionAction::Admit, "admit"},
    {SessionAction::TellAnswer, "tell answer"}, {SessionAction::Open, "open"},
    {SessionAction::Attach, "attach"},          {SessionAction::LetSpareGo, "let spare go"},
    {SessionAction::AskAddress, "ask address"}, {SessionAction::TellConnected, "tell connected"},
    {SessionAction::Detach, "detach"},          {SessionAction::Leave, "leave"},
    {SessionAction::Destroy, "destroy"},        {SessionAction::TellEnded, "tell ended"},
    {SessionAction::Forget, "forget"},
};
const std::map<SessionEnd, std::string> kEnds = {{SessionEnd::PeerTimeout, "timeout"},
                                                 {SessionEnd::BadFingerprint, "fingerprint"},
                                                 {SessionEnd::PolicyViolation, "policy"},
                                                 {SessionEnd::MediaError, "media"}};

/// "detach, tell ended: timeout"
std::string text_of(const SessionActions& actions) {
  std::string text;
  for (const SessionAction step : actions.steps) {
    text.append(text.empty() ? "" : ", ").append(kNames.at(step));
    if (step == SessionAction::TellEnded) text.append(": ").append(kEnds.at(actions.end));
  }
  return text;
}

/// The states of a session in which something happens.
enum class Moment {
  Negotiating = 1,
  Admitting,
  Answered,
  Opening,
  Attached,
  WithoutSpare,       // Attached, and webrtcbin is gone.
  ClosedNegotiating,  // The owner has closed it while a worker is busy with it.
  ClosedAdmitting,
  ClosedOpening,
  FailedOpening,  // The owner has been told of the end while a worker is busy with it.
  Detaching,
  Leaving,
  LeavingUnanswered,  // There was no answer.
  Destroying,
  Gone,
};
constexpr Moment kMoments[] = {
    Moment::Negotiating,       Moment::Admitting,       Moment::Answered,
    Moment::Opening,           Moment::Attached,        Moment::WithoutSpare,
    Moment::ClosedNegotiating, Moment::ClosedAdmitting, Moment::ClosedOpening,
    Moment::FailedOpening,     Moment::Detaching,       Moment::Leaving,
    Moment::LeavingUnanswered, Moment::Destroying,      Moment::Gone};

std::vector<SessionEvent> way_to(Moment moment) {
  switch (moment) {
    case Moment::Negotiating: return {Offered{}};
    case Moment::Admitting: return {Offered{}, Negotiated{}};
    case Moment::Answered: return {Offered{}, Negotiated{}, Admitted{}};
    case Moment::Opening: return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}};
    case Moment::Attached: return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}, Opened{}};
    case Moment::WithoutSpare:
      return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}, Opened{}, SpareGone{}};
    case Moment::ClosedNegotiating: return {Offered{}, Closed{}};
    case Moment::ClosedAdmitting: return {Offered{}, Negotiated{}, Closed{}};
    case Moment::ClosedOpening:
      return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}, Closed{}};
    case Moment::FailedOpening:
      return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}, PeerFailed{}};
    case Moment::Detaching:
      return {Offered{}, Negotiated{}, Admitted{}, PeerConnected{}, Opened{}, Closed{}};
    case Moment::Leaving: return {Offered{}, Negotiated{}, Admitted{}, Closed{}};
    case Moment::LeavingUnanswered: return {Offered{}, Negotiated{false}};
    case Moment::Destroying: return {Offered{}, Negotiated{}, Admitted{}, Closed{}, Left{}};
    case Moment::Gone: return {Offered{}, Negotiated{}, Admitted{}, Closed{}, Left{}, Destroyed{}};
  }
  return {};
}

SessionLife life_at(Moment moment) {
  SessionLife life(kTimeoutNs);
  for (const SessionEvent& event : way_to(moment)) static_cast<void>(life.on(event, 1));
  return life;
}

struct Row {
  Moment moment;
  SessionEvent event;
  const char* actions;
  SessionPhase phase;
};

void check(const std::vector<Row>& rows) {
  for (size_t i = 0; i < rows.size(); ++i) {
    SessionLife life = life_at(rows[i].moment);
    EXPECT_EQ(text_of(life.on(rows[i].event, 2)), rows[i].actions) << "row " << i;
    EXPECT_EQ(life.phase(), rows[i].phase) << "row " << i;
  }
}

using P = SessionPhase;
using M = Moment;

TEST(SessionLife, GoesFromTheOfferToMediaAndToItsEnd) {
  SessionLife life(kTimeoutNs);
  const std::pair<SessionEvent, const char*> steps[] = {
      {Offered{}, "negotiate"},    {Negotiated{}, "admit"},
      {Admitted{}, "tell answer"}, {IceConnected{}, ""},
      {PeerConnected{}, "open"},   {Opened{}, "attach, let spare go, ask address, tell connected"},
      {SpareGone{}, ""},           {Tick{.heard_ns = 1}, "ask address"},
      {Closed{}, "detach"},        {Detached{}, "leave"},
      {Left{}, "destroy"},         {Destroyed{}, "forget"},
  };
  for (const auto& [event, actions] : steps) EXPECT_EQ(text_of(life.on(event, 1)), actions);
  EXPECT_EQ(life.phase(), SessionPhase::Gone);
}

TEST(SessionLife, ClosedAtEachMoment) {
  check({
      {M::Negotiating, Closed{}, "", P::Negotiating},
      {M::ClosedNegotiating, Negotiated{}, "leave", P::Leaving},
      {M::ClosedNegotiating, Negotiated{false}, "leave", P::Leaving},
      {M::Admitting, Closed{}, "", P::Admitting},
      {M::ClosedAdmitting, Admitted{}, "leave", P::Leaving},
      {M::ClosedAdmitting, Admitted{false}, "leave", P::Leaving},
      {M::Answered, Closed{}, "leave", P::Leaving},
      {M::Opening, Closed{}, "", P::Opening},
      {M::ClosedOpening, Opened{}, "leave", P::Leaving},
      {M::ClosedOpening, Opened{internal("broken")}, "leave", P::Leaving},
      {M::Attached, Closed{}, "detach", P::Detaching},
      {M::WithoutSpare, Closed{}, "detach", P::Detaching},
      {M::ClosedNegotiating, Closed{}, "", P::Negotiating},
      {M::ClosedAdmitting, Closed{}, "", P::Admitting},
      {M::ClosedOpening, Closed{}, "", P::Opening},
      {M::FailedOpening, Closed{}, "", P::Opening},
      {M::FailedOpening, Opened{}, "leave", P::Leaving},
      {M::FailedOpening, Opened{internal("broken")}, "leave", P::Leaving},
      {M::Detaching, Closed{}, "", P::Detaching},
      {M::Leaving, Closed{}, "", P::Leaving},
      {M::LeavingUnanswered, Closed{}, "", P::Leaving},
      {M::Destroying, Closed{}, "", P::Destroying},
      {M::Gone, Closed{}, "", P::Gone},
  });
}

/// The same for webrtcbin's reports; `end` is what the owner is told.
void check_webrtc_failure(const SessionEvent& event, const std::string& end) {
  const std::string told = "tell ended: " + end, leaves = "leave, " + told,
                    detaches = "detach, " + told;
  check({
      {M::Negotiating, event, "", P::Negotiating},
      {M::Admitting, event, "", P::Admitting},
      {M::Answered, event, leaves.c_str(), P::Leaving},
      {M::Opening, event, told.c_str(), P::Opening},
      {M::Attached, event, detaches.c_str(), P::Detaching},
      {M::WithoutSpare, event, "", P::Attached},
      {M::ClosedNegotiating, event, "", P::Negotiating},
      {M::ClosedAdmitting, event, "", P::Admitting},
      {M::ClosedOpening, event, "", P::Opening},
      {M::FailedOpening, event, "", P::Opening},
      {M::Detaching, event, "", P::Detaching},
      {M::Leaving, event, "", P::Leaving},
      {M::LeavingUnanswered, event, "", P::Leaving},
      {M::Destroying, event, "", P::Destroying},
      {M::Gone, event, "", P::Gone},
  });
}

TEST(SessionLife, PeerFailedAtEachMoment) { check_webrtc_failure(PeerFailed{}, "timeout"); }

TEST(SessionLife, WebrtcFailedAtEachMoment) { check_webrtc_failure(WebrtcFailed{"why"}, "media"); }

TEST(SessionLife, ViolatedAtEachMoment) {
  const SessionEvent event = Violated{"why"};
  check({
      {M::Negotiating, event, "", P::Negotiating},
      {M::Admitting, event, "", P::Admitting},
      {M::Answered, event, "leave, tell ended: policy", P::Leaving},
      {M::Opening, event, "tell ended: policy", P::Opening},
      {M::Attached, event, "detach, tell ended: policy", P::Detaching},
      {M::WithoutSpare, event, "detach, tell ended: policy", P::Detaching},
      {M::ClosedNegotiating, event, "", P::Negotiating},
      {M::ClosedAdmitting, event, "", P::Admitting},
      {M::ClosedOpening, event, "", P::Opening},
      {M::FailedOpening, event, "", P::Opening},
      {M::Detaching, event, "", P::Detaching},
      {M::Leaving, event, "", P::Leaving},
      {M::LeavingUnanswered, event, "", P::Leaving},
      {M::Destroying, event, "", P::Destroying},
      {M::Gone, event, "", P::Gone},
  });
}

TEST(SessionLife, ConnectedAtEachMomentOpensOnlyWhatIsAnswered) {
  for (const Moment moment : kMoments) {
    SessionLife life = life_at(moment);
    const bool opens = moment == Moment::Answered;
    EXPECT_EQ(text_of(life.on(PeerConnected{}, 2)), opens ? "open" : "");
  }
}

TEST(SessionLife, WithoutAnAnswerTellsWhyAndNothingElse) {
  check({
      {M::Negotiating, Negotiated{false}, "leave, tell answer", P::Leaving},
      {M::Admitting, Admitted{false}, "leave, tell answer", P::Leaving},
  });
}

TEST(SessionLife, OpenedWrongTellsWhy) {
  const Error refused{ErrorCode::PermissionDenied, "another certificate"};
  check({
      {M::Opening, Opened{refused}, "leave, tell ended: fingerprint", P::Leaving},
      {M::Opening, Opened{invalid("no certificate")}, "leave, tell ended: fingerprint", P::Leaving},
      {M::Opening, Opened{internal("broken")}, "leave, tell ended: media", P::Leaving},
  });
  SessionLife life = life_at(Moment::Opening);
  EXPECT_EQ(life.on(Opened{refused}, 2).detail, "another certificate");
}

TEST(SessionLife, IsGivenUpAfterTheTimeout) {
  const int64_t late_ns = 1 + kTimeoutNs + 1;
  struct Timed {
    Moment moment;
    int64_t now_ns, heard_ns;
    const char* actions;
  };
  const Timed rows[] = {
      {M::Negotiating, late_ns, 0, ""},
      {M::Admitting, late_ns, 0, ""},
      {M::Answered, late_ns - 1, 0, ""},
      {M::Answered, late_ns, 0, "leave, tell ended: timeout"},
      {M::Answered, late_ns, late_ns, "leave, tell ended: timeout"},
      {M::Opening, late_ns, 0, ""},
      {M::Attached, late_ns, 2, "ask address"},
      {M::Attached, late_ns, 1, "detach, tell ended: timeout"},
      {M::WithoutSpare, late_ns, 1, "detach, tell ended: timeout"},
      {M::FailedOpening, late_ns, 0, ""},
      {M::Detaching, late_ns, 0, ""},
      {M::Leaving, late_ns, 0, ""},
      {M::Destroying, late_ns, 0, ""},
      {M::Gone, late_ns, 0, ""},
  };
  for (const Timed& row : rows) {
    SessionLife life = life_at(row.moment);
    const SessionActions actions = life.on(Tick{.heard_ns = row.heard_ns}, row.now_ns);
    EXPECT_EQ(text_of(actions), row.actions) << "after " << row.heard_ns;
  }
}

TEST(SessionLife, MeasuresEachPhaseOfAJoin) {
  SessionLife life(kTimeoutNs);
  const auto samples = [&](const SessionEvent& event, int64_t now_ns) {
    return life.on(event, now_ns).samples;
  };
  using Samples = std::vector<JoinSample>;
  EXPECT_EQ(samples(Offered{}, 100), Samples{});
  EXPECT_EQ(samples(Negotiated{true, 110}, 130), Samples{});
  EXPECT_EQ(samples(Admitted{}, 140), (Samples{{JoinPhase::Wait, 10}, {JoinPhase::Answer, 30}}));
  EXPECT_EQ(samples(IceConnected{}, 200), Samples{});
  EXPECT_EQ(samples(IceConnected{}, 210), Samples{}) << "the first time counts";
  EXPECT_EQ(samples(PeerConnected{}, 220), Samples{});
  EXPECT_EQ(samples(Opened{}, 250), (Samples{{JoinPhase::Ice, 60}, {JoinPhase::Dtls, 50}}));
  EXPECT_EQ(samples(Tick{.heard_ns = 260}, 260), Samples{});
  EXPECT_EQ(samples(Tick{260, {.in_ns = 270}}, 280), (Samples{{JoinPhase::FirstPacketIn, 20}}));
  EXPECT_EQ(samples(Tick{260, {.in_ns = 270}}, 290), Samples{}) << "each once";
  EXPECT_EQ(samples(Closed{}, 300), Samples{});
  EXPECT_EQ(samples(Detached{}, 310), Samples{});
  EXPECT_EQ(samples(Left{{.in_ns = 270, .audio_ns = 275}}, 320),
            (Samples{{JoinPhase::FirstPacketOut, 25}, {JoinPhase::FirstAudio, 175}}))
      << "the last look";
  const SessionTimes& times = life.times();
  EXPECT_EQ(times.offered_ns, 100);
  EXPECT_EQ(times.begun_ns, 110);
  EXPECT_EQ(times.answered_ns, 140);
  EXPECT_EQ(times.ice_ns, 200);
  EXPECT_EQ(times.connected_ns, 250);
}

TEST(SessionLife, WithoutAnIceEventCountsItsTimeAsIce) {
  SessionLife life = life_at(Moment::Opening);
  const SessionActions actions = life.on(Opened{}, 11);
  EXPECT_EQ(actions.samples, (std::vector<JoinSample>{{JoinPhase::Ice, 10}, {JoinPhase::Dtls, 0}}));
}

TEST(SessionLife, ThatNeverConnectedMeasuresNoPackets) {
  SessionLife life = life_at(Moment::Leaving);
  EXPECT_TRUE(life.on(Left{{.in_ns = 5, .audio_ns = 5}}, 6).samples.empty());
}

}  // namespace
}  // namespace veche::media
