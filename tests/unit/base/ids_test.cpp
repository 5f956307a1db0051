// SPDX-License-Identifier: Apache-2.0
// Ids are unique, and names from outside are checked.
#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <type_traits>
#include <unordered_set>
#include <vector>

namespace veche {
namespace {

static_assert(!std::is_convertible_v<RoomId, ParticipantId>);
static_assert(!std::is_convertible_v<uint64_t, RoomId>);

TEST(BaseId, IsNeverZeroNorUsedTwice) {
  constexpr int kThreads = 4, kEach = 2000;
  std::vector<std::vector<TrackId>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < kEach; ++i) mine.push_back(TrackId::next());
    });
  }
  for (auto& thread : threads) thread.join();
  std::unordered_set<TrackId> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), size_t{kThreads} * kEach);
  EXPECT_FALSE(all.contains(TrackId{}));
}

TEST(BaseId, IsFalseWhenItNamesNothing) {
  EXPECT_FALSE(RoomId{});
  EXPECT_TRUE(RoomId::next());
  EXPECT_LT(RoomId{1}, RoomId{2});
}

TEST(BaseName, AcceptsWhatTheRuleAllows) {
  for (const std::string& name : {std::string("a"), std::string("AZaz09_.~-"), std::string("..."),
                                  std::string(".a"), std::string(64, 'x')}) {
    EXPECT_TRUE(is_valid_name(name)) << name;
  }
}

TEST(BaseName, RefusesEverythingElse) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string(65, 'x'),
        std::string("a b"), std::string("a/b"), std::string("a%2f"), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xc3\xa9"), std::string("a:b"), std::string("a@b"),
        std::string("[a]"), std::string("a`")}) {
    EXPECT_FALSE(is_valid_name(name)) << name;
  }
}

TEST(BaseName, RefusesEveryByteOutsideTheAlphabet) {
  const std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-";
  for (int byte = 0; byte < 256; ++byte) {
    const std::string name{'a', static_cast<char>(byte)};
    EXPECT_EQ(is_valid_name(name), alphabet.find(static_cast<char>(byte)) != std::string_view::npos)
        << byte;
  }
}

}  // namespace
}  // namespace veche
