// SPDX-License-Identifier: Apache-2.0
// What clients are told and in which order; a client may leave during a call.
#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class FeedTest : public RoomTest {
 protected:
  Room& room = *[this] {
    start({});
    return &make_room();
  }();
  RecordingSink sink;
  std::unique_ptr<ClientFeed> feed;

  /// Bob is connected, listens to `sink`, and is up to date.
  FakeSession& bob = connect(room, "bob");
  void SetUp() override {
    feed = room.watch("bob", sink).value();
    tick();
    tick();
    sink.take();
    take_events();
  }

  void select(const media::Selection& selection) {
    tick();
    media().poll(selection);
  }
  static TrackId track_of(const FakeSession& session) { return session.tracks()[0].track; }
};

TEST_F(FeedTest, BeginsWithASnapshotOfEverything) {
  FakeSession& carol = connect(room, "carol");
  join(room, "invited");
  ASSERT_TRUE(room.find("carol")
                  ->update({.name = "Carol", .muted_by_backend = true, .pinned = {{"bob"}}})
                  .ok());
  select({{{carol.id(), {track_of(bob), TrackId{}}}}, {track_of(bob)}, track_of(bob)});

  RecordingSink carols;
  const auto watching = room.watch("carol", carols).value();
  ASSERT_THAT(carols.lines, ElementsAre("snapshot"));
  const Snapshot& told = carols.snapshot;
  EXPECT_EQ(told.self.participant, "carol");
  EXPECT_EQ(told.self.name, "Carol");
  EXPECT_TRUE(told.self.muted_by_backend);
  EXPECT_TRUE(told.self.connected);
  EXPECT_THAT(told.pinned, ElementsAre("bob"));
  ASSERT_EQ(told.roster.size(), 2u) << "those who have or had a session";
  EXPECT_EQ(told.participants, 2u);
  EXPECT_EQ(told.roster[0]->participant, "bob");
  EXPECT_EQ(told.roster[0]->source_number, room.find("bob")->source_number());
  EXPECT_THAT(told.slots, ElementsAre(SlotView{"1", "audio", "bob", track_of(bob).value},
                                      SlotView{"2", "audio", "", 0}));
  EXPECT_THAT(told.speaking, ElementsAre("bob"));
  EXPECT_EQ(told.dominant, "bob");
  tick();
  tick();
  EXPECT_THAT(carols.lines, ElementsAre("snapshot")) << "and nothing is told twice";
}

TEST_F(FeedTest, MakesEachEntryOnceForAllThatAreToldTheSame) {
  RecordingSink carols, daves;
  connect(room, "carol");
  connect(room, "dave");
  tick();
  tick();
  const auto carol = room.watch("carol", carols).value();
  const auto dave = room.watch("dave", daves).value();
  EXPECT_EQ(carols.snapshot.roster, daves.snapshot.roster) << "nothing has changed in between";
  connect(room, "eve");
  RecordingSink late;
  const auto eve = room.watch("eve", late).value();
  ASSERT_EQ(late.snapshot.roster.size(), 4u);
  EXPECT_EQ(late.snapshot.roster[0], daves.snapshot.roster[0]);
  tick();
  tick();
  ASSERT_EQ(carols.newest.joined.size(), 1u);
  EXPECT_EQ(carols.newest.text, daves.newest.text) << "the same text for both";
  ASSERT_TRUE(room.find("dave")->update({.name = "Dave"}).ok());
  const auto again = room.watch("carol", late).value();
  EXPECT_EQ(late.snapshot.roster[2]->name, "Dave") << "what is told is what is true now";
}

TEST_F(FeedTest, NeedsAParticipant) {
  EXPECT_EQ(room.watch("nobody", sink).error().code, ErrorCode::NotFound);
}

TEST_F(FeedTest, IsLimitedInNumber) {
  std::vector<std::unique_ptr<ClientFeed>> feeds;
  for (int i = 0; i < 7; ++i) feeds.push_back(room.watch("bob", sink).value());
  EXPECT_EQ(room.watch("bob", sink).error().code, ErrorCode::Exhausted);
  feeds.pop_back();
  EXPECT_TRUE(room.watch("bob", sink).ok());
}

TEST_F(FeedTest, TellsTheRosterMergedOverATick) {
  FakeSession& carol = offer(join(room, "carol"));
  tick();
  EXPECT_THAT(sink.take(), IsEmpty()) << "an offer alone makes nobody visible";
  carol.answer();
  carol.connect();
  EXPECT_THAT(sink.take(), IsEmpty());
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster +carol"));
  EXPECT_TRUE(sink.newest.joined[0]->connected) << "what is told is what is true now";
  tick();
  ASSERT_TRUE(room.find("carol")->update({.metadata = R"({"hand":true})"}).ok());
  ASSERT_TRUE(room.find("carol")->update({.max_audio_slots = 1}).ok());
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster *carol"));
  EXPECT_EQ(sink.newest.changed[0]->metadata, R"({"hand":true})");
  tick();
  ASSERT_TRUE(room.find("carol")->update({.max_audio_slots = 2}).ok());
  tick();
  EXPECT_THAT(sink.take(), IsEmpty()) << "others do not see that";
  ASSERT_TRUE(room.remove("carol", EndReason::Removed).ok());
  connect(room, "dave");
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster +dave -carol"));
}

TEST_F(FeedTest, DoesNotTellOfWhoCameAndWentWithinATick) {
  connect(room, "carol");
  ASSERT_TRUE(room.remove("carol", EndReason::Left).ok());
  tick();
  EXPECT_THAT(sink.take(), IsEmpty());
}

TEST_F(FeedTest, CostsAtMostAHundredMessagesWhenAHundredJoin) {
  std::vector<FakeSession*> sessions;
  // They connect two ticks after their answer, so 102 ticks have changes to report.
  for (size_t i = 0; i < 102; ++i) {
    if (i < 100) {
      sessions.push_back(&offer(join(room, "p" + std::to_string(i))));
      sessions.back()->answer();
    }
    if (i >= 2) sessions[i - 2]->connect();
    tick();
  }
  tick();
  EXPECT_LE(sink.lines.size(), 100u);
  EXPECT_GE(sink.lines.size(), 30u) << "and not much later than they came";
  EXPECT_THAT(room.participants(), testing::SizeIs(101));
}

TEST_F(FeedTest, TellsSlotsAndSpeakersThatChanged) {
  FakeSession& carol = connect(room, "carol");
  FakeSession& dave = connect(room, "dave");
  tick();
  tick();
  sink.take();
  take_events();

  const TrackId hers = track_of(carol);
  const TrackId his = track_of(dave);
  select({{{bob.id(), {hers, TrackId{}}}, {SessionId::next(), {hers}}}, {hers}, hers});
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("slots 1=carol", "speakers carol >carol"));
  EXPECT_THAT(take_events(), ElementsAre("speaker.changed carol"));
  select({{{bob.id(), {hers, his, his}}}, {his, hers, TrackId::next()}, hers});
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("slots 2=dave", "speakers carol dave >carol"));
  EXPECT_THAT(take_events(), IsEmpty()) << "the main speaker is the same";
  select({{{bob.id(), {hers, his}}}, {hers, his}, hers});
  tick();
  EXPECT_THAT(sink.take(), IsEmpty());

  dave.end(media::SessionEnd::PeerTimeout);
  carol.end(media::SessionEnd::PeerTimeout);
  EXPECT_EQ(room.find("bob")->slots()[0], (SlotView{"1", "audio", "", 0}));
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("roster -carol -dave", "slots 1= 2=", "speakers >"));
  EXPECT_EQ(events.back().type, "participant.left");
  EXPECT_EQ(events[events.size() - 2].type, "speaker.changed");
  EXPECT_EQ(events[events.size() - 2].participant, "");
}

TEST_F(FeedTest, EndsWithReplacedWhenTheParticipantOffersAgainAndANewOneTellsTheNewSlots) {
  FakeSession& carol = connect(room, "carol");
  tick();
  select({{{bob.id(), {track_of(carol)}}}, {}, {}});
  sink.take();
  FakeSession& second = offer(*room.find("bob"), "TSSS");
  EXPECT_THAT(room.find("bob")->slots(), IsEmpty());
  EXPECT_THAT(sink.take(), ElementsAre("closing replaced"));
  RecordingSink new_sink;
  const auto new_feed = room.watch("bob", new_sink).value();
  new_sink.take();
  second.answer();
  second.connect();
  tick();
  tick();
  EXPECT_THAT(new_sink.take(), Contains("slots 1= 2= 3="));
  EXPECT_THAT(sink.take(), IsEmpty());
}

TEST_F(FeedTest, EndsWithClosing) {
  FakeSession& carol = connect(room, "carol");
  RecordingSink carols;
  const auto watching = room.watch("carol", carols).value();
  carol.end(media::SessionEnd::PeerTimeout);
  EXPECT_THAT(carols.take(), ElementsAre("snapshot", "closing peer_timeout"));
  ASSERT_TRUE(room.remove("bob", EndReason::Removed).ok());
  EXPECT_THAT(sink.take(), ElementsAre("closing removed"));
  connect(room, "carol");
  tick();
  EXPECT_THAT(carols.take(), IsEmpty()) << "the name's next bearer is somebody else";
  ASSERT_TRUE(server->remove_room("r").ok());
  run();
}

TEST_F(FeedTest, TellsWhatPluginsAnnounceAndTakeBack) {
  const std::string active = R"({"active":true})";
  room.announce("recording", active);
  room.announce("stage", "{}");
  EXPECT_THAT(sink.take(), IsEmpty()) << "merged until the next tick";
  tick();
  EXPECT_THAT(sink.take(), ElementsAre(R"(notice recording={"active":true} stage={})"));
  RecordingSink late;
  const auto watching = room.watch("bob", late).value();
  EXPECT_EQ(late.snapshot.notices.at("recording"), active);
  room.announce("recording", active);
  room.announce("nobody", std::nullopt);
  tick();
  EXPECT_THAT(sink.take(), IsEmpty()) << "nothing has changed";
  server->take_notices("recording");
  tick();
  EXPECT_THAT(sink.take(), ElementsAre("notice recording=null"));
  EXPECT_THAT(late.take(), ElementsAre("snapshot", "notice recording=null"));
  EXPECT_THAT(room.notices(), ElementsAre(testing::Pair("stage", "{}")));
}

TEST_F(FeedTest, TellsTheBackendsAnnouncementsAtOnceToTheParticipantsThatItNames) {
  connect(room, "carol");
  RecordingSink carols;
  const auto watching = room.watch("carol", carols).value();
  carols.take();
  sink.take();
  const std::string text = R"({"text":"Five minutes left"})";
  EXPECT_EQ(room.send_announcement(text, std::nullopt).clients, 2u);
  EXPECT_THAT(sink.take(), ElementsAre("announcement " + text));
  EXPECT_THAT(carols.take(), ElementsAre("announcement " + text));

  connect(room, "dan");
  const AnnouncementOutcome some =
      room.send_announcement(text, std::vector<std::string>{"carol", "dan", "eve"});
  EXPECT_EQ(some.clients, 1u) << "dan has no connection for events";
  EXPECT_THAT(some.absent, ElementsAre("eve"));
  EXPECT_THAT(sink.take(), IsEmpty());
  EXPECT_THAT(carols.take(), ElementsAre("announcement " + text));
}

TEST_F(FeedTest, MayBeDestroyedWithinAnyCall) {
  for (const std::string call :
       {"roster", "slots", "speakers", "notice", "announcement", "closing"}) {
    RecordingSink fragile;
    std::unique_ptr<ClientFeed> dying = room.watch("bob", fragile).value();
    fragile.then = [&](const std::string& line) {
      if (line.starts_with(call)) dying.reset();
    };
    FakeSession& carol = connect(room, "carol");
    room.announce("stage", R"({"call":")" + call + "\"}");
    select({{{bob.id(), {track_of(carol)}}}, {track_of(carol)}, track_of(carol)});
    tick();
    tick();
    room.send_announcement("{}", std::nullopt);
    if (call == "closing") (void)room.remove("bob", EndReason::Removed);
    EXPECT_FALSE(dying) << call;
    EXPECT_TRUE(fragile.lines.back().starts_with(call)) << fragile.lines.back();
    if (room.find("carol")) (void)room.remove("carol", EndReason::Removed);
    tick();
    tick();
    sink.take();
  }
}

TEST_F(FeedTest, MayDestroyOthersAndEndTheRoomWithinACall) {
  RecordingSink second, third;
  std::unique_ptr<ClientFeed> second_feed = room.watch("bob", second).value();
  connect(room, "carol");
  auto third_feed = room.watch("carol", third).value();
  sink.then = [&](const std::string& line) {
    if (!line.starts_with("roster")) return;
    second_feed.reset();
    (void)room.remove("carol", EndReason::Removed);
  };
  tick();
  EXPECT_THAT(second.lines, ElementsAre("snapshot"));
  EXPECT_THAT(third.lines, ElementsAre("snapshot", "closing removed"));

  sink.then = [&](const std::string& line) {
    if (line.starts_with("roster")) (void)server->remove_room("r");
  };
  tick();
  tick();
  EXPECT_EQ(sink.lines.back(), "closing room_closed");
  EXPECT_FALSE(server->find_room("r"));
  EXPECT_FALSE(media().open);
}

TEST_F(FeedTest, MayEndTheRoomWithinTheSnapshot) {
  RecordingSink hasty;
  hasty.then = [&](const std::string& line) {
    if (line == "snapshot") (void)server->remove_room("r");
  };
  const auto watching = room.watch("bob", hasty).value();
  EXPECT_THAT(hasty.lines, ElementsAre("snapshot", "closing room_closed"));
}

}  // namespace
}  // namespace veche::room
