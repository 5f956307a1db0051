// SPDX-License-Identifier: Apache-2.0
// What is remembered comes back as it was, and nonsense is not taken.
#include "events/webhooks/stored.hpp"

#include <gtest/gtest.h>

namespace veche::events {
namespace {

TEST(StoredWebhook, ComesBackAsItWas) {
  const Webhook webhook{.name = "ops",
                        .url = "https://backend.example.org/\"quoted\"",
                        .secrets = {"whsec_a", "whsec_b"},
                        .types = {"participant.*"},
                        .rooms = {"blue"},
                        .enabled = false};
  EXPECT_EQ(read_webhook(to_json(webhook)), webhook);
}

TEST(StoredProgress, ComesBackAsItWas) {
  const Progress progress{.position = {.read = 1ULL << 60, .waiting = {{7, 0}, {9, 1234}}},
                          .refused = "it answered 410",
                          .url = "https://a.example"};
  EXPECT_EQ(read_progress(to_json(progress)), progress);
  EXPECT_EQ(read_progress(to_json(Progress{})), Progress{});
}

TEST(StoredDeadLetter, ComesBackAsItWas) {
  const DeadLetter letter{.from = 5,
                          .to = 9,
                          .type = "room.closed",
                          .room = "blue",
                          .time_unix_ms = 1,
                          .dead_unix_ms = 2,
                          .attempts = 20,
                          .status = 500,
                          .reason = "it answered 500"};
  EXPECT_EQ(read_dead_letter(to_json(letter)), letter);
}

TEST(Stored, IsNothingWhenItIsNonsense) {
  for (const char* json : {"", "[]", "null", R"({"read": "x"})", R"({"waiting": [[1]]})",
                           R"({"unknown": 1})", R"({"url": 1})"}) {
    EXPECT_FALSE(read_progress(json).has_value()) << json;
    EXPECT_FALSE(read_webhook(json).has_value()) << json;
    EXPECT_FALSE(read_dead_letter(json).has_value()) << json;
  }
}

}  // namespace
}  // namespace veche::events
