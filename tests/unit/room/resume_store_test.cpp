// SPDX-License-Identifier: Apache-2.0
// Which streams of lost connections are kept, for whom and how long.
#include "room/resume_store.hpp"

#include <gtest/gtest.h>

namespace veche::room {
namespace {

MessageStream stream_of(const std::string& participant, const std::string& id) {
  return {.id = id,
          .participant = participant,
          .roster = ShownRoster(kDefaultWindow),
          .notices = Notices({})};
}

TEST(ResumeStore, GivesAStreamToItsParticipantOnce) {
  ResumeStore store;
  store.keep(stream_of("ann", "1"), 0);
  EXPECT_FALSE(store.take("1", "bob"));
  EXPECT_FALSE(store.take("2", "ann"));
  const auto taken = store.take("1", "ann");
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->id, "1");
  EXPECT_FALSE(store.take("1", "ann"));
}

TEST(ResumeStore, KeepsOneForEachParticipant) {
  ResumeStore store;
  for (int i = 0; i < 100; ++i) store.keep(stream_of("ann", std::to_string(i)), i);
  store.keep(stream_of("bob", "b"), 0);
  EXPECT_EQ(store.size(), 2u);
  EXPECT_FALSE(store.take("98", "ann"));
  store.drop("bob");
  EXPECT_FALSE(store.take("b", "bob"));
  EXPECT_TRUE(store.take("99", "ann"));
}

TEST(ResumeStore, KeepsItForAMinute) {
  ResumeStore store;
  store.keep(stream_of("ann", "a"), 0);
  store.keep(stream_of("bob", "b"), 1);
  store.expire(ResumeStore::kKeptNs - 1);
  EXPECT_EQ(store.size(), 2u);
  store.expire(ResumeStore::kKeptNs);
  EXPECT_FALSE(store.take("a", "ann"));
  EXPECT_TRUE(store.take("b", "bob"));
}

}  // namespace
}  // namespace veche::room
