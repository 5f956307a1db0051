// SPDX-License-Identifier: Apache-2.0
// The rooms in which a participant is, found by its name.
#include "room/places.hpp"

#include "room_fixture.hpp"

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PlacesTest : public RoomTest {
 protected:
  std::vector<std::string> rooms_of(const std::string& participant) {
    std::vector<std::string> names;
    for (const auto& [name, room] : server->rooms_of(participant)) {
      EXPECT_EQ(room, server->find_room(name));
      names.push_back(name);
    }
    return names;
  }
};

TEST_F(PlacesTest, AreThoseWhereTheParticipantIs) {
  EXPECT_THAT(rooms_of("ann"), IsEmpty());
  Room& red = make_room("red");
  connect(red, "ann");
  connect(make_room("blue"), "ann");
  join(red, "bob");
  EXPECT_THAT(rooms_of("ann"), ElementsAre("blue", "red"));
  EXPECT_THAT(rooms_of("bob"), ElementsAre("red")) << "also before its session";
  (void)red.remove("ann", EndReason::Left);
  EXPECT_THAT(rooms_of("ann"), ElementsAre("blue"));
}

TEST_F(PlacesTest, EndWithTheirRoom) {
  connect(make_room("red"), "ann");
  ASSERT_TRUE(server->remove_room("red").ok());
  EXPECT_THAT(rooms_of("ann"), IsEmpty());
  join(make_room("red"), "ann");
  EXPECT_THAT(rooms_of("ann"), ElementsAre("red"));
}

}  // namespace
}  // namespace veche::room
