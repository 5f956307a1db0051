// SPDX-License-Identifier: Apache-2.0
// Which requests with an Idempotency-Key are new, in virtual time.
#include "http/protocol/idempotency.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace veche::http {
namespace {

constexpr int64_t kDayMs = IdempotencyTable::kKeptMs;

class Idempotency : public testing::Test {
 protected:
  /// "new", "in progress", "another request", or the body that is repeated.
  std::string begin(const std::string& key, const std::string& request = "r", int64_t now_ms = 0,
                    const std::string& caller = "key:dev") {
    const IdempotencyTable::Known known = table.begin(caller, key, request, now_ms);
    if (known.answer) return known.answer->body;
    if (!known.refusal) return "new";
    return *known.refusal == IdempotencyRefusal::InProgress ? "in progress" : "another request";
  }
  bool finish(const std::string& key, const std::string& body, int64_t now_ms = 0,
              const std::string& caller = "key:dev") {
    return table.finish(IdempotencyTable::id_of(caller, key), json_response(201, body), now_ms);
  }
  /// A request from its begin to its end.
  void make(const std::string& key, int64_t now_ms = 0, const std::string& caller = "key:dev",
            const std::string& body = "made") {
    EXPECT_EQ(begin(key, "r", now_ms, caller), "new") << key;
    EXPECT_TRUE(finish(key, body, now_ms, caller));
  }

  std::vector<std::string> dropped;
  IdempotencyTable table{{3, 100'000}, [this](const std::string& id) { dropped.push_back(id); }};
};

TEST_F(Idempotency, AKeyIsNewOnceThenInProgressThenRepeated) {
  EXPECT_EQ(begin("a"), "new");
  EXPECT_EQ(begin("a"), "in progress");
  EXPECT_TRUE(finish("a", "made"));
  EXPECT_EQ(begin("a"), "made");
  EXPECT_EQ(begin("b"), "new");
}

TEST_F(Idempotency, AKeyBelongsToOneRequestOfOneCaller) {
  EXPECT_EQ(begin("a", "one"), "new");
  EXPECT_EQ(begin("a", "two"), "another request") << "also while it is in progress";
  EXPECT_TRUE(finish("a", "made"));
  EXPECT_EQ(begin("a", "two"), "another request");
  EXPECT_EQ(begin("a", "two", 0, "key:other"), "new");
}

TEST_F(Idempotency, AfterAnErrorTheKeyIsFree) {
  EXPECT_EQ(begin("a", "one"), "new");
  table.forget(IdempotencyTable::id_of("key:dev", "a"));
  EXPECT_EQ(begin("a", "two"), "new");
  EXPECT_TRUE(finish("a", "made"));
  table.forget(IdempotencyTable::id_of("key:dev", "a"));
  EXPECT_EQ(begin("a", "two"), "made") << "what was made stays";
  EXPECT_FALSE(finish("a", "made again"));
}

TEST_F(Idempotency, AnAnswerIsKeptForADay) {
  make("a", 0);
  EXPECT_EQ(begin("a", "r", kDayMs - 1), "made");
  EXPECT_EQ(begin("a", "r", kDayMs), "new");
  EXPECT_EQ(dropped, std::vector<std::string>{"key:dev a"});
}

TEST_F(Idempotency, TheOldestOfACallerGivesWay) {
  for (const char* key : {"a", "b", "c"}) make(key);
  make("a", 0, "key:other");
  make("d");
  EXPECT_EQ(dropped, std::vector<std::string>{"key:dev a"});
  EXPECT_EQ(begin("b"), "made");
  EXPECT_EQ(begin("a", "r", 0, "key:other"), "made");
  EXPECT_EQ(begin("a"), "new");
}

TEST_F(Idempotency, WhatIsInProgressNeverGivesWay) {
  for (const char* key : {"a", "b", "c", "d", "e"}) EXPECT_EQ(begin(key), "new");
  for (const char* key : {"a", "b", "c", "d", "e"}) EXPECT_EQ(begin(key), "in progress");
}

TEST_F(Idempotency, AllAnswersTogetherAreBounded) {
  for (int caller = 0; caller < 10; ++caller) {
    make("a", caller, "key:" + std::to_string(caller), std::string(30'000, 'x'));
  }
  EXPECT_EQ(table.size(), 3u);
  EXPECT_EQ(dropped.front(), "key:0 a");
  EXPECT_EQ(begin("big"), "new");
  EXPECT_FALSE(finish("big", std::string(IdempotencyTable::kMaxAnswerBytes, 'x')));
  EXPECT_EQ(begin("big"), "new") << "a huge answer is not kept";
}

TEST_F(Idempotency, WhatWasKeptBeforeARestartExpiresAsItWouldHave) {
  table.restore("key:dev", "a", "r", json_response(201, "made"), 500);
  EXPECT_EQ(begin("a", "r", 499), "made");
  EXPECT_EQ(begin("a", "another", 499), "another request");
  EXPECT_EQ(begin("a", "r", 500), "new");
  table.restore("key:dev", "a", "r", json_response(201, "of an earlier process"), 999);
  EXPECT_EQ(begin("a", "r", 500), "in progress");
}

TEST(IdempotencyKey, IsAQuotedStringOrItsCharacters) {
  EXPECT_EQ(idempotency_key_of("\"8e03978e-40d5\""), "8e03978e-40d5");
  EXPECT_EQ(idempotency_key_of("8e03978e-40d5"), "8e03978e-40d5");
  const std::string longest(kMaxIdempotencyKeyBytes, 'k');
  EXPECT_EQ(idempotency_key_of(longest), longest);
  for (const std::string& wrong :
       {std::string(), std::string("\"\""), std::string("a b"), std::string("\"a\"b\""),
        std::string("a\\b"), std::string("\xc3\xa4"), std::string("a, b"), longest + "k"}) {
    EXPECT_EQ(idempotency_key_of(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace veche::http
