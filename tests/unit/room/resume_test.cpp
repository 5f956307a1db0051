// SPDX-License-Identifier: Apache-2.0
// Clients of large rooms, and those that lose their connection: what each knows is exact.
#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class ResumeTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({});
    return &make_room();
  }();
  RecordingSink sink;
  std::unique_ptr<ClientFeed> feed;
  FakeSession& bob = connect(room, "bob");
  /// The server has started already.
  void SetUp() override {}

  void watch(size_t window = kDefaultWindow) {
    feed = room.watch("bob", sink, {.window = window}).value();
    settle();
    sink.take();
  }
  /// Long enough for the laziest change.
  void settle() {
    for (int i = 0; i < 6; ++i) tick();
  }
  /// The connection is lost; the client has received everything up to `seq`, and comes back.
  std::vector<std::string> resume(uint64_t seq) {
    const StreamPosition position{sink.snapshot.stream, seq};
    feed.reset();
    return resume_at(position);
  }
  std::vector<std::string> resume_at(const StreamPosition& position) {
    sink.take();
    feed = room.watch("bob", sink, {.resume = position}).value();
    tick();
    return sink.take();
  }
  void select(const media::Selection& selection) {
    tick();
    media().poll(selection);
  }
  static TrackId track_of(const FakeSession& session) { return session.tracks()[0].track; }
};

TEST_F(ResumeTest, GoesOnWithWhatHasChanged) {
  watch();
  FakeSession& carol = connect(room, "carol");
  settle();
  const uint64_t seq = sink.seq;
  feed.reset();
  (void)room.remove("carol", EndReason::Left);
  FakeSession& dave = connect(room, "dave");
  room.announce("stage", "{}");
  ASSERT_TRUE(room.find("bob")->update({.pinned = {{"dave"}}}).ok());
  select({{{bob.id(), {track_of(dave)}}}, {track_of(dave)}, track_of(dave)});
  settle();
  EXPECT_EQ(carol.closed, 1);
  EXPECT_THAT(resume(seq), ElementsAre("resumed", "roster +dave -carol", "slots 1=dave",
                                       "speakers dave >dave", "notice stage={}"));
  EXPECT_EQ(sink.resumption.position.stream, sink.snapshot.stream);
  EXPECT_THAT(sink.resumption.pinned, ElementsAre("dave"));
  EXPECT_EQ(sink.resumption.self.participant, "bob");
  EXPECT_EQ(sink.seq, seq + 5);
  settle();
  EXPECT_THAT(sink.take(), IsEmpty());
}

TEST_F(ResumeTest, RepeatsWhatWasOnItsWay) {
  watch();
  const uint64_t seq = sink.seq;
  FakeSession& carol = connect(room, "carol");
  select({{{bob.id(), {track_of(carol)}}}, {track_of(carol)}, track_of(carol)});
  room.announce("stage", "{}");
  settle();
  EXPECT_THAT(sink.take(), ElementsAre("roster +carol", "slots 1=carol", "speakers carol >carol",
                                       "notice stage={}"));
  EXPECT_THAT(resume(seq + 1), ElementsAre("resumed", "slots 1=carol 2=", "speakers carol >carol",
                                           "notice stage={}"));
  room.announce("stage", std::nullopt);
  settle();
  sink.take();
  EXPECT_THAT(resume(seq), ElementsAre("resumed", "roster +carol", "slots 1=carol 2=",
                                       "speakers carol >carol", "notice stage=null"));
}

TEST_F(ResumeTest, RepeatsAnnouncementsThatDidNotArrive) {
  connect(room, "carol");
  watch();
  const uint64_t seq = sink.seq;
  EXPECT_EQ(room.send_announcement("1", std::nullopt).clients, 1u);
  EXPECT_EQ(room.send_announcement("2", std::nullopt).clients, 1u);
  EXPECT_THAT(sink.take(), ElementsAre("announcement 1", "announcement 2"));
  const StreamPosition position{sink.snapshot.stream, seq + 1};
  feed.reset();
  EXPECT_EQ(room.send_announcement("3", std::nullopt).clients, 0u) << "nobody is connected";
  EXPECT_EQ(room.send_announcement("4", {{"carol"}}).clients, 0u);
  EXPECT_THAT(resume_at(position), ElementsAre("resumed", "announcement 2", "announcement 3"));
  EXPECT_THAT(resume(sink.seq), ElementsAre("resumed")) << "each once";
  RecordingSink late;
  const auto watching = room.watch("bob", late, {}).value();
  tick();
  EXPECT_THAT(late.take(), ElementsAre("snapshot")) << "no part of the state";
}

TEST_F(ResumeTest, TakesTheStreamOverFromAConnectionThatIsNotKnownToBeLost) {
  watch();
  RecordingSink next;
  const auto resumed =
      room.watch("bob", next, {.resume = StreamPosition{sink.snapshot.stream, sink.seq}}).value();
  EXPECT_THAT(sink.take(), ElementsAre("taken over"));
  EXPECT_THAT(next.take(), ElementsAre("resumed"));
  connect(room, "carol");
  settle();
  EXPECT_THAT(sink.take(), IsEmpty());
  EXPECT_THAT(next.take(), ElementsAre("roster +carol"));
  feed.reset();
  connect(room, "dave");
  settle();
  EXPECT_THAT(next.take(), ElementsAre("roster +dave"));
}

TEST_F(ResumeTest, BeginsWithASnapshotWhereItCannot) {
  watch();
  const StreamPosition position{sink.snapshot.stream, sink.seq};
  EXPECT_THAT(resume_at({"another", 1}), ElementsAre("snapshot"));
  EXPECT_THAT(resume_at({position.stream, 0}), ElementsAre("snapshot"));

  connect(room, "carol");
  RecordingSink carols;
  const auto watching =
      room.watch("carol", carols, {.resume = StreamPosition{sink.snapshot.stream, 1}}).value();
  EXPECT_THAT(carols.take(), ElementsAre("snapshot")) << "a stream is its participant's alone";

  feed.reset();
  tick(61'000);
  EXPECT_THAT(resume(sink.seq), ElementsAre("snapshot")) << "after a minute";

  feed.reset();
  (void)room.remove("bob", EndReason::Left);
  connect(room, "bob");
  EXPECT_THAT(resume(sink.seq), ElementsAre("snapshot")) << "the name's next bearer";
}

TEST_F(ResumeTest, SaysWhatBecameOfADrain) {
  watch();
  server->drain(60, false);
  EXPECT_THAT(resume(sink.seq), ElementsAre("resumed", "draining"));
  feed.reset();
  ASSERT_TRUE(server->stop_draining().ok());
  EXPECT_THAT(resume(sink.seq), ElementsAre("resumed", "draining no more"));
}

TEST_F(ResumeTest, ShowsALargeRoomThroughAWindow) {
  std::vector<FakeSession*> others;
  for (const char* name : {"c", "d", "e", "f"}) others.push_back(&connect(room, name));
  watch(2);
  EXPECT_EQ(sink.snapshot.participants, 5u);
  ASSERT_EQ(sink.snapshot.roster.size(), 2u);
  EXPECT_EQ(sink.snapshot.roster[1]->participant, "c");

  connect(room, "g");
  settle();
  EXPECT_THAT(sink.take(), ElementsAre("roster"));
  EXPECT_EQ(sink.newest.participants, 6u);

  FakeSession& f = *others[3];
  select({{{bob.id(), {track_of(f)}}}, {track_of(f)}, track_of(f)});
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster +f", "slots 1=f", "speakers f >f"))
      << "an entry comes before the message that names it";
  select({{{bob.id(), {track_of(f)}}}, {}, {}});
  settle();
  EXPECT_THAT(sink.take(), ElementsAre("speakers >")) << "still in a slot";
  select({{{bob.id(), {TrackId{}}}}, {}, {}});
  settle();
  EXPECT_THAT(sink.take(), UnorderedElementsAre("slots 1=", "roster ~f"));

  ASSERT_TRUE(room.find("bob")->update({.pinned = std::vector<std::string>{"g", "h"}}).ok());
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster +g"));
  connect(room, "h");
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster +h")) << "it was pinned before it came";
  (void)room.remove("c", EndReason::Left);
  settle();
  EXPECT_THAT(sink.take(), ElementsAre("roster +d -c"));
}

TEST_F(ResumeTest, ShowsAClientItselfWhereverItIs) {
  for (const char* name : {"c", "d"}) connect(room, name);
  RecordingSink ds, es;
  const auto d = room.watch("d", ds, {.window = 1}).value();
  ASSERT_EQ(ds.snapshot.roster.size(), 2u);
  EXPECT_EQ(ds.snapshot.roster[1]->participant, "d");
  Participant& invited = join(room, "e");
  const auto e = room.watch("e", es, {.window = 1}).value();
  EXPECT_EQ(es.snapshot.roster.size(), 1u);
  offer(invited).answer();
  run();
  tick();
  EXPECT_THAT(es.take(), testing::Contains("roster +e"));
}

}  // namespace
}  // namespace veche::room
