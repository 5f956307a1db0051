// SPDX-License-Identifier: Apache-2.0
// A corrupt log is moved aside, and the new one says so.
#include "events/repair.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "../plugin/temporary_dir.hpp"
#include "events/store.hpp"
#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr int64_t kRepairMs = 1'700'000'000'000;
constexpr const char* kAside = "events.db.corrupt-20231114T221320Z";

class RepairTest : public testing::Test {
 protected:
  std::string file() const { return directory_.file("events.db"); }
  /// A log of `count` events.
  void make_log(uint64_t count) {
    auto store = std::move(Store::open(file(), {})).value();
    ASSERT_TRUE(store->write({numbered(1, count), {}}, kRepairMs).ok());
    store->close();
  }
  Event first_event() {
    auto store = std::move(Store::open(file(), {})).value();
    const Page page = store->read({}).value();
    EXPECT_THAT(page.events, SizeIs(1));
    return page.events.at(0);
  }

  TemporaryDir directory_;
};

TEST_F(RepairTest, LeavesASoundLogAlone) {
  make_log(3);
  const auto done = repair(file(), kRepairMs);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("is sound"));
  EXPECT_FALSE(std::filesystem::exists(directory_.file(kAside)));
}

TEST_F(RepairTest, GoesOnWithTheIdsOfALogThatIsReadableInPart) {
  make_log(3000);
  const auto size = std::filesystem::file_size(file());
  {
    // In the middle: the last page of the events is sound.
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(static_cast<std::streamoff>(size / 2 / 4096 * 4096));
    for (int i = 0; i < 4096 * 3; ++i) stream.put('\xa5');
  }
  const auto done = repair(file(), kRepairMs);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_THAT(*done, HasSubstr(kAside));
  EXPECT_EQ(std::filesystem::file_size(directory_.file(kAside)), size);
  const Event gap = first_event();
  EXPECT_EQ(gap.id, 3001u);
  EXPECT_EQ(gap.type, "events.gap");
  EXPECT_EQ(gap.data, std::string(R"({"from":1,"to":3001,"reason":"repaired","moved_to":")") +
                          kAside + "\"}");
  EXPECT_FALSE(std::filesystem::exists(file() + ".new"));
}

TEST_F(RepairTest, BeginsBeyondAllIdsWhereNothingIsReadable) {
  directory_.write("events.db", std::string(8192, 'x'));
  directory_.write("events.db-wal", "whatever");
  const auto done = repair(file(), kRepairMs);
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(first_event().id, static_cast<uint64_t>(kRepairMs) + 1);
  EXPECT_FALSE(std::filesystem::exists(file() + "-wal") &&
               std::filesystem::file_size(file() + "-wal") == 8)
      << "what belongs to the old file must not meet the new one";
}

TEST_F(RepairTest, TouchesNothingThatIsNotCorrupt) {
  EXPECT_EQ(repair(file(), kRepairMs).error().code, ErrorCode::NotFound);
  make_log(1);
  const auto used = std::move(Store::open(file(), {})).value();
  EXPECT_EQ(repair(file(), kRepairMs).error().code, ErrorCode::Conflict);
}

}  // namespace
}  // namespace veche::events
