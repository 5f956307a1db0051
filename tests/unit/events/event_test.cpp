// SPDX-License-Identifier: Apache-2.0
// The envelope, and which events a filter takes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/filter.hpp"
#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Envelope, HasEveryFieldAndLeavesOutAParticipantWhereThereIsNone) {
  Event event = made("participant.left", "ann", 1'700'000'000'007);
  event.id = 7;
  event.seq = 3;
  event.data = R"({"reason":"left"})";
  EXPECT_EQ(envelope(event),
            R"({"id":7,"room":"blue","incarnation":"i1","seq":3,"time":"2023-11-14T22:13:20.007Z",)"
            R"("type":"participant.left","participant":"ann","data":{"reason":"left"}})");
  EXPECT_EQ(envelope(of_server("server.started")),
            R"({"id":0,"room":"","incarnation":"","seq":0,"time":"1970-01-01T00:00:01.000Z",)"
            R"("type":"server.started","data":{}})");
}

TEST(Filter, TakesWhatItNames) {
  struct Case {
    Filter filter;
    bool takes_joined, takes_speaker, takes_other_room, takes_gap;
  };
  const Case cases[] = {
      {{}, true, false, true, true},
      {{.room = "blue"}, true, false, false, true},
      {{.room = "red"}, false, false, false, true},
      {{.participant = "ann"}, true, false, false, true},
      {{.participant = "bob"}, false, false, false, true},
      {{.types = {"participant.joined"}}, true, false, false, true},
      {{.types = {"participant.*"}}, true, false, false, true},
      {{.types = {"part*"}}, true, false, false, true},
      {{.types = {"participant.join"}}, false, false, false, true},
      {{.types = {"speaker.changed"}}, false, true, false, true},
      {{.types = {"track.*", "speaker.*"}}, false, true, false, true},
      {{.types = {"*"}}, true, true, true, true},
      {{.room = "blue", .types = {"room.*"}}, false, false, false, true},
  };
  Event other = made("room.closed");
  other.room = "green";
  for (const Case& each : cases) {
    const std::string what = each.filter.room + "/" + each.filter.participant + "/" +
                             (each.filter.types.empty() ? "" : each.filter.types[0]);
    EXPECT_EQ(each.filter.matches(made("participant.joined", "ann")), each.takes_joined) << what;
    EXPECT_EQ(each.filter.matches(made("speaker.changed", "ann")),
              each.takes_speaker && each.filter.room != "red")
        << what;
    EXPECT_EQ(each.filter.matches(other), each.takes_other_room) << what;
    EXPECT_EQ(each.filter.matches(of_server(kGapType)), each.takes_gap) << what;
  }
}

TEST(Filter, ReadsListsOfTypes) {
  EXPECT_THAT(parse_types("").value(), IsEmpty());
  EXPECT_THAT(parse_types("room.closed").value(), ElementsAre("room.closed"));
  EXPECT_THAT(parse_types("participant.*,recording.started,*").value(),
              ElementsAre("participant.*", "recording.started", "*"));
  EXPECT_THAT(parse_types("my-plugin~1.host-changed").value(),
              ElementsAre("my-plugin~1.host-changed"));
}

TEST(Filter, RefusesWhatIsNoType) {
  for (const char* list : {",", "a,", ",a", "a,,b", ".", "a.", ".a", "a..b", "a b", "a.*.b", "*.a",
                           "part*", "a.b*", "a.**", "\xff", "a\n"}) {
    const auto types = parse_types(list);
    ASSERT_FALSE(types.ok()) << list;
    EXPECT_EQ(types.error().code, ErrorCode::InvalidArgument);
  }
  EXPECT_TRUE(check_type(std::string(64, 'a')).ok());
  EXPECT_FALSE(check_type(std::string(65, 'a')).ok());
  std::string many = "a";
  for (size_t i = 1; i < kMaxTypes; ++i) many += ",a";
  EXPECT_TRUE(parse_types(many).ok());
  EXPECT_THAT(parse_types(many + ",a").error().message, HasSubstr("more than 32"));
}

}  // namespace
}  // namespace veche::events
