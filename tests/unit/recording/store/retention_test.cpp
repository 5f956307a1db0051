// SPDX-License-Identifier: Apache-2.0
// Old or excess recordings are deleted, the oldest first.
#include "recording/store/retention.hpp"

#include <gtest/gtest.h>

namespace veche::recording {
namespace {

Stored stored(const std::string& path, int64_t ended_s, uint64_t bytes,
              State state = State::Finished) {
  Stored stored{path, {}};
  stored.manifest.state = state;
  stored.manifest.started_unix_ms = 1000;
  stored.manifest.ended_unix_ms = ended_s * 1000;
  stored.manifest.files = {{.name = "a", .bytes = bytes}, {.name = "b", .bytes = bytes}};
  return stored;
}

using Paths = std::vector<std::string>;

const std::vector<Stored> kRecordings = {stored("new", 300, 50), stored("old", 100, 50),
                                         stored("now", 0, 50, State::Recording),
                                         stored("cut", 200, 50, State::Interrupted)};

TEST(Retention, KeepsEverythingWithoutALimit) {
  EXPECT_EQ(expired(kRecordings, {}, INT64_MAX / 2), Paths{});
}

TEST(Retention, RemovesWhatEndedTooLongAgo) {
  EXPECT_EQ(expired(kRecordings, {.max_age_s = 100}, 199'999), Paths{});
  EXPECT_EQ(expired(kRecordings, {.max_age_s = 100}, 200'000), Paths{"old"});
  EXPECT_EQ(expired(kRecordings, {.max_age_s = 100}, 1'000'000), (Paths{"old", "cut", "new"}));
}

TEST(Retention, RemovesTheOldestUntilTheRestFits) {
  EXPECT_EQ(expired(kRecordings, {.max_total_bytes = 400}, 0), Paths{});
  EXPECT_EQ(expired(kRecordings, {.max_total_bytes = 399}, 0), Paths{"old"});
  EXPECT_EQ(expired(kRecordings, {.max_total_bytes = 299}, 0), (Paths{"old", "cut"}));
  EXPECT_EQ(expired(kRecordings, {.max_total_bytes = 1}, 0), (Paths{"old", "cut", "new"}));
}

}  // namespace
}  // namespace veche::recording
