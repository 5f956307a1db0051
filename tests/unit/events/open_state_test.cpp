// SPDX-License-Identifier: Apache-2.0
// What is open, and the ends that a crash has kept from the log.
#include "events/open_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Notes events with ascending numbers.
OpenState after(std::vector<Event> events) {
  OpenState state;
  uint64_t seq = 0;
  for (Event& event : events) {
    event.seq = ++seq;
    state.note(event);
  }
  return state;
}

TEST(OpenState, HasNothingOpenAfterACleanEnd) {
  const OpenState state = after({made("room.created"), made("participant.joined", "ann"),
                                 made("track.published", "ann"), made("participant.left", "ann"),
                                 made("room.closed"), made("recording.finished")});
  EXPECT_THAT(state.rooms(), IsEmpty());
  EXPECT_THAT(state.ends(2000, 3000), IsEmpty());
}

TEST(OpenState, EndsParticipantsInTheOrderOfTheirJoinsAndThenTheRoom) {
  const OpenState state =
      after({made("room.created", "", 1000), made("participant.joined", "zoe", 2000),
             made("participant.joined", "bob", 3000), made("participant.joined", "ann", 4000),
             made("participant.left", "bob", 5000), made("speaker.changed", "zoe", 6000)});
  const std::vector<Event> ends = state.ends(62'500, 90'000);
  ASSERT_THAT(ends, SizeIs(3));
  EXPECT_EQ(ends[0].type, "participant.left");
  EXPECT_EQ(ends[0].participant, "zoe");
  EXPECT_EQ(ends[0].data, R"({"reason":"server_lost","duration_s":60})");
  EXPECT_EQ(ends[1].participant, "ann");
  EXPECT_EQ(ends[2].type, "room.closed");
  EXPECT_EQ(ends[2].data, R"({"incarnation":"i1","reason":"server_lost","duration_s":61})");
  for (size_t i = 0; i < ends.size(); ++i) {
    EXPECT_EQ(ends[i].seq, 7 + i) << "they go on with the room's numbers";
    EXPECT_EQ(ends[i].room, "blue");
    EXPECT_EQ(ends[i].incarnation, "i1");
    EXPECT_EQ(ends[i].time_unix_ms, 90'000);
  }
}

TEST(OpenState, KeepsIncarnationsApart) {
  Event other = made("participant.joined", "ann");
  other.incarnation = "i2";
  const OpenState state = after({made("participant.joined", "ann"), other, made("room.closed")});
  EXPECT_THAT(state.rooms(), SizeIs(1));
  EXPECT_THAT(state.rooms().at("i2").participants, SizeIs(1));
}

TEST(OpenState, AJoinOpensARoomWhoseBeginWasDropped) {
  const OpenState state = after({made("participant.joined", "ann")});
  EXPECT_THAT(state.ends(2000, 3000), SizeIs(2));
}

TEST(OpenState, OtherEventsOfARoomThatIsNotOpenOpenNothing) {
  EXPECT_THAT(after({made("recording.finished"), made("track.published", "ann"),
                     made("participant.left", "ann")})
                  .rooms(),
              IsEmpty());
}

TEST(OpenState, KnowsWhichEventsEndWhatIsOpen) {
  const OpenState state = after({made("room.created"), made("participant.joined", "ann")});
  EXPECT_TRUE(state.is_end(made("participant.left", "ann")));
  EXPECT_TRUE(state.is_end(made("room.closed")));
  EXPECT_FALSE(state.is_end(made("participant.left", "bob")));
  EXPECT_FALSE(state.is_end(made("participant.updated", "ann")));
  Event other = made("room.closed");
  other.incarnation = "i2";
  EXPECT_FALSE(state.is_end(other));
}

TEST(OpenState, ADurationIsNotNegativeWhenTheClockWasSetBack) {
  const OpenState state = after({made("room.created", "", 9000)});
  EXPECT_THAT(state.ends(1000, 1000).back().data, testing::HasSubstr(R"("duration_s":0)"));
}

}  // namespace
}  // namespace veche::events
