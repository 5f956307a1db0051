// SPDX-License-Identifier: Apache-2.0
// Inbox: keeps each producer's order, loses nothing, refuses nothing without reason, and keeps the
// reserve free.
#include "base/inbox.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace veche {
namespace {

struct Message {
  int producer = 0;
  int number = 0;
};

bool push(Inbox<Message>& inbox, int producer, int number, bool may_use_reserve = false) {
  return inbox.push(may_use_reserve, [=](Message& message) { message = {producer, number}; });
}

TEST(BaseInbox, GivesBackWhatWasPushedInOrder) {
  Inbox<Message> inbox(4, 0);
  EXPECT_EQ(inbox.front(), nullptr);
  // More messages than it has cells, so that every cell is reused.
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(push(inbox, 0, i));
    EXPECT_EQ(inbox.depth(), 3u);
    for (int i = 0; i < 3; ++i) {
      ASSERT_NE(inbox.front(), nullptr);
      EXPECT_EQ(inbox.front()->number, i);
      inbox.pop();
    }
    EXPECT_EQ(inbox.front(), nullptr);
  }
}

TEST(BaseInbox, KeepsTheReserveForWhatMayUseIt) {
  Inbox<Message> inbox(8, 3);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(push(inbox, 0, i));
  EXPECT_FALSE(push(inbox, 0, 5));
  for (int i = 5; i < 8; ++i) EXPECT_TRUE(push(inbox, 0, i, true));
  EXPECT_FALSE(push(inbox, 0, 8, true));
  inbox.pop();
  EXPECT_FALSE(push(inbox, 0, 8));
  EXPECT_TRUE(push(inbox, 0, 8, true));
}

TEST(BaseInbox, KeepsTheOrderOfEachOfManyProducers) {
  constexpr int kProducers = 4, kEach = 20'000;
  Inbox<Message> inbox(64, 0);
  std::vector<std::thread> producers;
  for (int producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&inbox, producer] {
      for (int number = 0; number < kEach; ++number) {
        while (!push(inbox, producer, number)) std::this_thread::yield();
      }
    });
  }
  std::array<int, kProducers> expected{};
  for (int taken = 0; taken < kProducers * kEach;) {
    const Message* message = inbox.front();
    if (!message) {
      std::this_thread::yield();
      continue;
    }
    EXPECT_EQ(message->number, expected.at(static_cast<size_t>(message->producer))++);
    inbox.pop();
    ++taken;
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(inbox.front(), nullptr);
}

TEST(BaseInbox, HasADepthThatIsNeverBelowNothing) {
  // Fewer messages in all than half of its cells: only a difference below zero looks like more.
  constexpr size_t kCells = size_t{1} << 19;
  constexpr int kMessages = kCells / 2 - 1;
  Inbox<int> inbox(kCells, 0);
  std::atomic<bool> is_over{false};
  size_t deepest = 0;
  std::thread reader([&] {
    while (!is_over) deepest = std::max(deepest, inbox.depth());
  });
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(inbox.push(false, [i](int& message) { message = i; }));
    inbox.pop();
  }
  is_over = true;
  reader.join();
  EXPECT_LE(deepest, size_t{kMessages});
}

TEST(BaseInbox, RefusesNothingWhileItHasRoom) {
  // Each producer has at most one message in flight, so there are always free cells.
  constexpr int kProducers = 4, kEach = 20'000;
  Inbox<Message> inbox(16, 0);
  std::array<std::atomic<int>, kProducers> done{};
  std::atomic<int> refused{0}, running{kProducers};
  std::vector<std::thread> producers;
  for (size_t producer = 0; producer < kProducers; ++producer) {
    producers.emplace_back([&, producer] {
      for (int number = 1; number <= kEach; ++number) {
        if (!push(inbox, static_cast<int>(producer), number)) {
          ++refused;
          continue;
        }
        while (done[producer] != number) std::this_thread::yield();
      }
      --running;
    });
  }
  while (running != 0) {
    if (const Message* message = inbox.front()) {
      done[static_cast<size_t>(message->producer)] = message->number;
      inbox.pop();
    } else {
      std::this_thread::yield();
    }
  }
  for (std::thread& producer : producers) producer.join();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace veche
