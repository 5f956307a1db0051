// SPDX-License-Identifier: Apache-2.0
// Which participants a client's window of the roster has.
#include "room/roster_window.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::room {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

JoinOrder order_of(const std::vector<std::string>& names) {
  JoinOrder order;
  for (const std::string& name : names) order.add(name);
  return order;
}

TEST(RosterWindow, HasTheFirstByJoinAndThoseThatConcernTheClient) {
  const std::vector<std::string> room{"f", "e", "d", "c", "b", "a"};
  const struct {
    const char* what;
    size_t count;
    std::string self;
    std::vector<std::string> pinned, slots;
    Speakers speakers;
    std::vector<std::string> first, others;
  } cases[] = {
      {"everybody in a small room", 6, "a", {"b"}, {"c"}, {{"d"}, "d"}, room, {}},
      {"and in a smaller one", 50, "a", {}, {}, {}, room, {}},
      {"the first, and itself", 2, "a", {}, {}, {}, {"f", "e"}, {"a"}},
      {"nobody twice", 2, "f", {"e", "a"}, {"a", "f"}, {{"a", "e"}, "a"}, {"f", "e"}, {"a"}},
      {"speakers", 2, "f", {}, {}, {{"c", "b"}, ""}, {"f", "e"}, {"b", "c"}},
      {"the main speaker", 2, "f", {}, {}, {{}, "c"}, {"f", "e"}, {"c"}},
      {"those in slots; one is empty", 2, "f", {}, {"d", ""}, {}, {"f", "e"}, {"d"}},
      {"pinned ones that are in the room", 2, "f", {"c", "gone"}, {}, {}, {"f", "e"}, {"c"}},
      {"only what concerns it", 0, "a", {}, {"e"}, {{"e"}, "e"}, {}, {"a", "e"}},
      {"not even itself before it has a session", 2, "new", {}, {}, {}, {"f", "e"}, {}},
  };
  const JoinOrder order = order_of(room);
  for (const auto& each : cases) {
    std::vector<SlotView> slots;
    for (const std::string& name : each.slots) slots.push_back({"1", "audio", name, 1});
    const RosterWindow window =
        window_of(order, each.count, {each.self, each.pinned, slots, each.speakers});
    EXPECT_THAT(std::vector(window.first.begin(), window.first.end()), ElementsAreArray(each.first))
        << each.what;
    EXPECT_THAT(window.others, ElementsAreArray(each.others)) << each.what;
  }
}

TEST(JoinOrder, IsThatOfTheirJoinsWhoeverLeaves) {
  JoinOrder order = order_of({"c", "a", "b", "d"});
  order.add("c");
  EXPECT_THAT(order.first(2), ElementsAre("c", "a"));
  EXPECT_TRUE(order.is_among_first("a", 2));
  EXPECT_FALSE(order.is_among_first("b", 2));
  EXPECT_FALSE(order.is_among_first("c", 0));
  order.remove("c");
  order.remove("nobody");
  EXPECT_THAT(order.first(2), ElementsAre("a", "b")) << "the next takes the place";
  EXPECT_TRUE(order.is_among_first("b", 2));
  order.add("c");
  EXPECT_THAT(order.first(9), ElementsAre("a", "b", "d", "c")) << "a rejoin is a join";
  EXPECT_FALSE(order.is_among_first("c", 3));
  EXPECT_TRUE(order.is_among_first("c", 4));
  EXPECT_FALSE(order.has("nobody"));
  EXPECT_EQ(order.size(), 4u);
  EXPECT_THAT(JoinOrder().first(3), IsEmpty());
}

}  // namespace
}  // namespace veche::room
