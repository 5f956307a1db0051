// SPDX-License-Identifier: Apache-2.0
// Traces: their bounds, the entries of a participant, and how long they are kept.
#include "room/trace.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> types(const Trace& trace) {
  std::vector<std::string> types;
  for (const TraceEntry& entry : trace.entries()) types.emplace_back(entry.type);
  return types;
}

TEST(RoomTrace, IsInTheOrderOfTime) {
  Trace trace;
  EXPECT_EQ(trace.began_ns(), 0);
  trace.add(Trace::Kind::Change, {.at_ns = 30, .type = "c"});
  trace.add(Trace::Kind::Activity, {.at_ns = 20, .type = "b"});
  trace.add(Trace::Kind::Change, {.at_ns = 10, .type = "a"});
  EXPECT_THAT(types(trace), ElementsAre("a", "b", "c"));
  EXPECT_EQ(trace.began_ns(), 30);
}

TEST(RoomTrace, ActivityPushesOutNoChange) {
  Trace trace;
  trace.add(Trace::Kind::Change, {.at_ns = 1, .type = "offered"});
  for (size_t i = 0; i < Trace::kMaxEntries + 5; ++i) {
    trace.add(Trace::Kind::Activity, {.at_ns = 2, .type = "speaks"});
  }
  EXPECT_EQ(trace.entries().size(), 1 + Trace::kMaxEntries);
  EXPECT_EQ(trace.entries().front().type, std::string("offered"));
  EXPECT_EQ(trace.dropped(), 5u);
  EXPECT_EQ(trace.began_ns(), 1);
}

TEST(RoomTrace, AChangeThatComesAllTheTimePushesOutNoOther) {
  Trace trace;
  trace.add(Trace::Kind::Change, {.at_ns = 1, .type = "session.offered"});
  for (int64_t i = 2; i < 50'000; ++i) {
    trace.add(Trace::Kind::Change, {.at_ns = i, .type = i % 2 == 0 ? "muted" : "unmuted"});
  }
  const std::vector<TraceEntry> entries = trace.entries();
  ASSERT_EQ(entries.size(), 1 + 2 * Trace::kMaxOfType);
  EXPECT_EQ(entries.front().type, std::string("session.offered"));
  EXPECT_EQ(entries.back().at_ns, 49'999) << "the newest are kept";
}

TEST(RoomTrace, BoundsItsBytesToo) {
  Trace trace;
  const std::string data(Trace::kMaxBytes / 4, 'x');
  for (int64_t i = 1; i <= 6; ++i) {
    trace.add(Trace::Kind::Change, {.at_ns = i, .type = "a", .data = data});
  }
  EXPECT_EQ(trace.entries().size(), 4u);
  EXPECT_EQ(trace.entries().front().at_ns, 3);
  trace.add(Trace::Kind::Change, {.data = std::string(Trace::kMaxBytes + 1, 'x')});
  EXPECT_TRUE(trace.entries().empty());
}

TEST(RoomFormerTraces, AreKeptForAMinute) {
  FormerTraces traces;
  Trace trace;
  trace.add(Trace::Kind::Change, {.at_ns = 1, .type = "a"});
  traces.keep("r", "ann", trace, 0);
  traces.keep("r", "bob", {}, kNsPerS);
  EXPECT_NE(traces.find("r", "ann", FormerTraces::kRememberedNs), nullptr);
  EXPECT_EQ(traces.find("other", "ann", 0), nullptr);
  EXPECT_EQ(traces.find("r", "ann", FormerTraces::kRememberedNs + 1), nullptr);
  EXPECT_NE(traces.find("r", "bob", kNsPerS + FormerTraces::kRememberedNs), nullptr);
  EXPECT_EQ(traces.find("r", "bob", kNsPerS + FormerTraces::kRememberedNs + 1), nullptr);
  EXPECT_EQ(traces.find("r", "carol", 0), nullptr);
}

TEST(RoomFormerTraces, OfOneNameTheLatestIsKept) {
  FormerTraces traces;
  for (size_t i = 0; i < 2 * FormerTraces::kMax; ++i) traces.keep("r", "flapping", {}, 0);
  Trace trace;
  trace.add(Trace::Kind::Change, {.at_ns = 1, .type = "latest"});
  traces.keep("r", "flapping", trace, kNsPerS);
  traces.keep("r", "ann", {}, kNsPerS);
  EXPECT_THAT(types(*traces.find("r", "flapping", FormerTraces::kRememberedNs + 1)),
              ElementsAre("latest"));
  EXPECT_NE(traces.find("r", "ann", kNsPerS), nullptr);
}

TEST(RoomFormerTraces, TheOldestGoesWhenThereAreTooMany) {
  FormerTraces traces;
  for (size_t i = 0; i <= FormerTraces::kMax; ++i) traces.keep("r", std::to_string(i), {}, 0);
  EXPECT_EQ(traces.find("r", "0", 0), nullptr);
  EXPECT_NE(traces.find("r", "1", 0), nullptr);
}

class ParticipantTraceTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({});
    return &make_room();
  }();
  void SetUp() override {}

  /// The newest entry: "type data".
  std::string newest(const std::string& participant) {
    const TraceEntry entry = server->find_trace("r", participant)->entries().back();
    return std::string(entry.type) + " " + entry.data;
  }
};

TEST_F(ParticipantTraceTest, TellsAStayFromTheOfferToTheEnd) {
  FakeSession& session = connect(room, "bob");
  Participant& bob = *room.find("bob");
  const std::string name = bob.session_name();
  EXPECT_THAT(types(bob.trace()), ElementsAre("participant.added", "session.offered",
                                              "session.answered", "session.connected"));
  EXPECT_EQ(bob.trace().entries()[1].data, R"({"session":")" + name + "\"}");
  EXPECT_GE(bob.trace().entries()[3].at_ns, bob.trace().began_ns());

  ASSERT_TRUE(bob.update({.muted_by_backend = true}).ok());
  EXPECT_EQ(newest("bob"), "muted {\"by\":\"backend\"}");
  ASSERT_TRUE(
      bob.update(
             {.permissions = {{.publish_audio = true, .publish_video = false, .subscribe = true}}})
          .ok());
  EXPECT_EQ(newest("bob"), R"(permissions {"may":"publish audio, listen"})");
  ASSERT_TRUE(bob.update({.pinned = {{"ann"}}}).ok());
  EXPECT_EQ(newest("bob"), R"(preferences {"pinned":1,"blocked":0})");
  offer(bob, "nonsense");
  EXPECT_THAT(newest("bob"), HasSubstr("offer.refused {\"detail\":\""));
  session.end(media::SessionEnd::MediaError, "the pipeline broke");
  EXPECT_EQ(
      newest("bob"),
      R"(participant.left {"reason":"media_error","detail":"the pipeline broke","duration_s":0})");
}

TEST_F(ParticipantTraceTest, HoldsWhatWasHeardAndWhoFilledSlots) {
  FakeSession& session = connect(room, "bob");
  FakeSession& listener = connect(room, "ann");
  tick();
  const TrackId track = session.tracks()[0].track;
  const SessionId ann = listener.id();
  media().poll({{{ann, {track, {}}}}, {track}, track});
  EXPECT_EQ(newest("bob"), "speaking.started {}");
  EXPECT_THAT(newest("ann"), testing::StartsWith(R"(slots {"changed":1,"slots":{)"));
  EXPECT_THAT(newest("ann"), HasSubstr("\"bob\""));
  media().poll({{}, {}, {}});
  EXPECT_EQ(newest("bob"), "speaking.stopped {}");
}

TEST_F(ParticipantTraceTest, IsKeptAfterTheEndAndNotInherited) {
  connect(room, "bob");
  ASSERT_TRUE(room.remove("bob", EndReason::Left).ok());
  tick(59'000);
  ASSERT_NE(server->find_trace("r", "bob"), nullptr);
  EXPECT_EQ(types(*server->find_trace("r", "bob")).back(), "participant.left");
  const Participant& again = join(room, "bob");
  EXPECT_THAT(types(again.trace()), ElementsAre("participant.added"));
  EXPECT_EQ(types(*server->find_former_trace("r", "bob")).back(), "participant.left");
  ASSERT_TRUE(server->remove_room("r").ok());
  tick(59'000);
  EXPECT_NE(server->find_trace("r", "bob"), nullptr) << "its room may be gone";
  tick(2000);
  EXPECT_EQ(server->find_trace("r", "bob"), nullptr);
}

TEST_F(ParticipantTraceTest, NamesTheSessionThatWasReplaced) {
  connect(room, "bob");
  const std::string former = room.find("bob")->session_name();
  offer(*room.find("bob"));
  const auto entries = server->find_trace("r", "bob")->entries();
  ASSERT_GE(entries.size(), 2u);
  EXPECT_EQ(entries[entries.size() - 2].data, R"({"session":")" + former + "\"}");
  EXPECT_EQ(entries.back().type, std::string("session.offered"));
}

}  // namespace
}  // namespace veche::room
