// SPDX-License-Identifier: Apache-2.0
// Pages of the newest events, and where they begin.
#include "events/tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Tail, CoversWhatCameSinceTheStart) {
  Tail tail(10);
  EXPECT_TRUE(tail.covers(10));
  EXPECT_FALSE(tail.covers(9));
  EXPECT_FALSE(tail.covers(11)) << "newer than the newest: the log has to say so";
  EXPECT_THAT(tail.read({.after = 10}, 5).events, IsEmpty());
  tail.add(numbered(11, 13));
  const Page page = tail.read({.after = 11}, 5);
  EXPECT_THAT(lines_of(page.events), ElementsAre("12 room.updated", "13 room.updated"));
  EXPECT_EQ(page.next_after, 13u);
  EXPECT_EQ(page.oldest, 5u);
  EXPECT_EQ(page.newest, 13u);
  EXPECT_FALSE(page.is_reset);
}

TEST(Tail, SaysHowFarItHasLookedWhateverTheFilterTook) {
  Tail tail(0);
  tail.add(numbered(1, 5));
  const Page none = tail.read({.after = 0, .filter = {.room = "red"}}, 1);
  EXPECT_THAT(none.events, IsEmpty());
  EXPECT_EQ(none.next_after, 5u);
  const Page two = tail.read({.after = 0, .limit = 2}, 1);
  EXPECT_THAT(two.events, SizeIs(2));
  EXPECT_EQ(two.next_after, 2u);
}

TEST(Tail, AGapInTheIdsIsNoEnd) {
  Tail tail(0);
  std::vector<Event> events = numbered(1, 2);
  events.push_back(of_server(kGapType));
  events.back().id = 9;
  tail.add(events);
  EXPECT_TRUE(tail.covers(5));
  EXPECT_THAT(lines_of(tail.read({.after = 5}, 1).events), ElementsAre("9 events.gap"));
}

TEST(Tail, EvictsTheOldestByNumberAndBySize) {
  Tail tail(0);
  tail.add(numbered(1, Tail::kMaxEvents + 10));
  EXPECT_FALSE(tail.covers(9));
  EXPECT_TRUE(tail.covers(10));
  std::vector<Event> large = numbered(2000, 2002);
  for (Event& event : large) event.data = std::string(Tail::kMaxBytes / 2, ' ');
  tail.add(large);
  EXPECT_FALSE(tail.covers(2000));
  EXPECT_TRUE(tail.covers(2001)) << "one event always fits";
}

TEST(Page, IsBoundedByNumberAndSizeButHasOneEvent) {
  std::vector<Event> events = numbered(1, Page::kMaxEvents + 1);
  const Query query{.limit = 5000};
  PageMaker page(query, 1, events.size());
  size_t taken = 0;
  for (; !page.is_full(); ++taken) page.add(events[taken]);
  EXPECT_EQ(taken, Page::kMaxEvents);
  events[0].data = std::string(Page::kMaxBytes, ' ');
  PageMaker large(query, 1, 1);
  EXPECT_FALSE(large.is_full());
  large.add(events[0]);
  EXPECT_TRUE(large.is_full());
}

TEST(Page, SaysWhatIsMissingBeforeItsFirstEvent) {
  struct Case {
    uint64_t after, oldest, newest;
    bool is_reset;
    uint64_t begins_behind;
  };
  const Case cases[] = {
      {0, 1, 0, false, 0},   // A new log.
      {0, 1, 9, false, 0},   // From the beginning.
      {4, 5, 9, false, 4},   // Just what is kept.
      {3, 5, 9, true, 4},    // One too old.
      {9, 5, 9, false, 9},   // At the end.
      {10, 5, 9, true, 4},   // From another log.
      {9, 10, 9, false, 9},  // Everything is too old to be kept, and known.
      {8, 10, 9, true, 9},   // One of them was not known.
      {1, 1, 0, true, 0},    // A new log that has another's number.
      {UINT64_MAX, 5, 9, true, 4},
  };
  for (const Case& each : cases) {
    const Query query{.after = each.after};
    PageMaker page(query, each.oldest, each.newest);
    EXPECT_EQ(page.after(), each.begins_behind) << each.after;
    EXPECT_EQ(page.finish(false).is_reset, each.is_reset) << each.after;
  }
}

}  // namespace
}  // namespace veche::events
