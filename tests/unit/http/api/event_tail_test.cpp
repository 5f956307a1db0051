// SPDX-License-Identifier: Apache-2.0
// Tests of the tail: what it covers, what it forgets, and what a filter gets of it.
#include "http/api/event_tail.hpp"

#include <gtest/gtest.h>

#include "../protocol/event_stream_text.hpp"

namespace veche::http {
namespace {

events::Event event(uint64_t id, const std::string& room = "blue",
                    const std::string& type = "room.updated", size_t data_bytes = 0) {
  return {.id = id,
          .room = room,
          .incarnation = "i",
          .seq = id,
          .type = type,
          .data = R"({"a":")" + std::string(data_bytes, 'x') + "\"}"};
}

events::Page page(std::vector<events::Event> events, uint64_t next_after) {
  return {.events = std::move(events),
          .next_after = next_after,
          .oldest = 1,
          .newest = next_after,
          .is_reset = false};
}

std::vector<std::string> ids_in(const std::string& text) {
  std::vector<std::string> ids;
  for (const StreamedEvent& each : EventStreamText(text).events) ids.push_back(each.id);
  return ids;
}

using Ids = std::vector<std::string>;

TEST(EventTail, KnowsWhatComesAfterItsStart) {
  EventTail tail;
  tail.restart(10);
  EXPECT_FALSE(tail.covers(9));
  EXPECT_TRUE(tail.covers(10));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 10, {}, 100'000), 10u);
  EXPECT_EQ(text, "");
  tail.add(page({event(11), event(12)}, 12));
  EXPECT_EQ(tail.newest(), 12u);
  EXPECT_EQ(tail.append_to(text, 10, {}, 100'000), 12u);
  EXPECT_EQ(ids_in(text), (Ids{"11", "12"}));
  EXPECT_EQ(EventStreamText(text).events[0].data, events::envelope(event(11)));
  text.clear();
  EXPECT_EQ(tail.append_to(text, 11, {}, 100'000), 12u);
  EXPECT_EQ(ids_in(text), Ids{"12"});
  EXPECT_EQ(tail.append_to(text, 12, {}, 100'000), 12u);
  EXPECT_EQ(tail.append_to(text, 15, {}, 100'000), 15u) << "it does not know them yet";
  EXPECT_EQ(ids_in(text), Ids{"12"});
}

TEST(EventTail, MovesAFilterPastWhatItLeavesOut) {
  EventTail tail;
  tail.add(
      page({event(1), event(2, "red"), event(3, "blue", "speaker.changed"), event(4, "red")}, 4));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 0, {.room = "red", .participant = {}, .types = {}}, 100'000), 4u);
  EXPECT_EQ(ids_in(text), (Ids{"2", "4"}));
  text.clear();
  EXPECT_EQ(tail.append_to(text, 0, {}, 100'000), 4u);
  EXPECT_EQ(ids_in(text), (Ids{"1", "2", "4"})) << "speakers are asked for by name";
  const events::Filter speakers{.room = {}, .participant = {}, .types = {"speaker.*"}};
  EXPECT_TRUE(tail.has_match(2, speakers));
  EXPECT_FALSE(tail.has_match(3, speakers));
}

TEST(EventTail, StopsOnceThereIsEnough) {
  EventTail tail;
  tail.add(page({event(1, "blue", "a.b", 500), event(2, "blue", "a.b", 500), event(3)}, 3));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 0, {}, 1000), 2u);
  EXPECT_EQ(ids_in(text), (Ids{"1", "2"}));
  text.clear();
  EXPECT_EQ(tail.append_to(text, 0, {}, 1), 1u) << "one event fits always";
}

TEST(EventTail, ForgetsTheOldestBeyondItsBounds) {
  EventTail tail;
  uint64_t id = 0;
  for (int i = 0; i < 5; ++i) {
    std::vector<events::Event> events;
    for (int count = 0; count < 250; ++count) events.push_back(event(++id));
    tail.add(page(std::move(events), id));
  }
  EXPECT_FALSE(tail.covers(249));
  EXPECT_TRUE(tail.covers(250));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 250, {}, 10'000'000), 1250u);
  EXPECT_EQ(ids_in(text).size(), EventTail::kMaxEvents);

  tail.add(page({event(1251, "blue", "a.b", EventTail::kMaxBytes)}, 1251));
  EXPECT_FALSE(tail.covers(1249));
  EXPECT_TRUE(tail.covers(1250));
  tail.add(page({event(1252)}, 1252));
  EXPECT_FALSE(tail.covers(1250));
  EXPECT_TRUE(tail.covers(1251));
}

TEST(EventTail, BeginsAnewAfterAReset) {
  EventTail tail;
  tail.restart(100);
  tail.add(page({event(101)}, 101));
  events::Page anew = page({event(3), event(4)}, 4);
  anew.oldest = 3;
  anew.is_reset = true;
  tail.add(anew);
  EXPECT_EQ(tail.newest(), 4u);
  EXPECT_FALSE(tail.covers(1));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 2, {}, 100'000), 4u);
  EXPECT_EQ(ids_in(text), (Ids{"3", "4"}));
}

TEST(EventTail, FollowsGapsOfIds) {
  EventTail tail;
  // Ids 2 to 9 were dropped: events.gap has the last of them.
  tail.add(page({event(1), event(9, "", events::kGapType), event(10)}, 10));
  std::string text;
  EXPECT_EQ(tail.append_to(text, 1, {.room = "red", .participant = {}, .types = {}}, 100'000), 10u);
  EXPECT_EQ(ids_in(text), Ids{"9"}) << "what is missing may be of this room";
}

}  // namespace
}  // namespace veche::http
