// SPDX-License-Identifier: Apache-2.0
// What ends a wait, and what does not.
#include "media/lane/doorbell.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/time.hpp"

namespace veche::media {
namespace {

constexpr auto kNoWork = [] { return false; };

std::unique_ptr<Doorbell> open_bell() {
  auto bell = Doorbell::open();
  EXPECT_TRUE(bell) << bell.error().message;
  return std::move(*bell);
}

TEST(Doorbell, WaitsUntilItIsTimeEachTimeAnew) {
  const auto bell = open_bell();
  for (int i = 0; i < 3; ++i) {
    const int64_t until_ns = monotonic_ns() + kNsPerMs;
    EXPECT_FALSE(bell->wait(until_ns, {}, kNoWork));
    EXPECT_GE(monotonic_ns(), until_ns) << "an alarm that has rung does not ring on";
  }
  EXPECT_FALSE(bell->wait(monotonic_ns() - kNsPerS, {}, kNoWork)) << "long past";
  EXPECT_FALSE(bell->wait(0, {}, kNoWork));
}

TEST(Doorbell, DoesNotWaitWhereThereIsWork) {
  const auto bell = open_bell();
  EXPECT_FALSE(bell->wait(INT64_MAX, {}, [] { return true; }));
}

TEST(Doorbell, ARingEndsAWaitThatNothingElseWouldEnd) {
  const auto bell = open_bell();
  std::atomic<bool> has_work{false};
  for (int i = 0; i < 100; ++i) {
    has_work = false;
    // At any time: before, while, or after the sleeper checks for work.
    std::thread other([&] {
      has_work = true;
      bell->ring();
    });
    while (!has_work) bell->wait(INT64_MAX, {}, [&] { return has_work.load(); });
    other.join();
  }
}

TEST(Doorbell, SaysWhetherWhatItWatchesIsReadable) {
  const std::array<int, 2> watched{eventfd(0, EFD_NONBLOCK), eventfd(0, EFD_NONBLOCK)};
  const auto bell = open_bell();
  EXPECT_FALSE(bell->wait(monotonic_ns(), watched, kNoWork));
  const uint64_t one = 1;
  ASSERT_EQ(write(watched[1], &one, sizeof one), static_cast<ssize_t>(sizeof one));
  EXPECT_TRUE(bell->wait(INT64_MAX, watched, kNoWork));
  EXPECT_FALSE(bell->wait(monotonic_ns(), std::span(watched).first(1), kNoWork))
      << "what is readable is not watched this time";
  for (const int descriptor : watched) close(descriptor);
}

TEST(Doorbell, SaysThatThereAreNoDescriptors) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto refused = Doorbell::open();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Exhausted);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("LimitNOFILE"));
}

}  // namespace
}  // namespace veche::media
