// SPDX-License-Identifier: Apache-2.0
// The database: what is written is there after a restart, once; what is wrong with a file is said.
#include "events/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "../plugin/temporary_dir.hpp"
#include "made_events.hpp"

namespace veche::events {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int64_t kStoredMs = 1'000'000;

class StoreTest : public testing::Test {
 protected:
  void open(const RetentionLimits& limits = {}) {
    store_.reset();
    auto opened = Store::open(file(), limits);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  Error open_error() {
    store_.reset();
    const auto opened = Store::open(file(), {});
    return opened ? Error{ErrorCode::Internal, "it is open"} : opened.error();
  }
  std::string file() const { return directory_.file("events.db"); }
  void write(std::vector<Event> events, std::vector<ValueChange> values = {}) {
    const Status status = store_->write({std::move(events), std::move(values)}, kStoredMs);
    EXPECT_TRUE(status.ok()) << status.error().message;
  }
  Page read(const Query& query) { return store_->read(query).value(); }
  /// A statement of somebody else on the closed database.
  void change_file(const char* sql) {
    store_.reset();
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    const DatabasePtr database(raw);
    EXPECT_TRUE(execute(raw, sql).ok());
  }

  TemporaryDir directory_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, HasWhatWasWrittenAfterARestart) {
  open();
  EXPECT_EQ(store_->summary().oldest, 1u);
  EXPECT_EQ(store_->summary().newest, 0u);
  Event event = made("participant.left", "ann", 12'345);
  event.id = 1;
  event.seq = 7;
  event.data = R"({"reason":"left","detail":"\u00e4"})";
  Event empty = of_server("server.started");
  empty.id = 2;
  write({event, empty});
  open();
  EXPECT_EQ(store_->summary().oldest, 1u);
  EXPECT_EQ(store_->summary().newest, 2u);
  const Page page = read({});
  EXPECT_THAT(page.events, ElementsAre(event, empty));
  EXPECT_EQ(page.next_after, 2u);
  EXPECT_EQ(store_->alive_unix_ms().value(), kStoredMs);
}

TEST_F(StoreTest, ABatchThatComesTwiceIsThereOnce) {
  open();
  write(numbered(1, 3));
  write(numbered(1, 3));
  EXPECT_THAT(read({}).events, SizeIs(3));
}

TEST_F(StoreTest, ReadsPagesThatFollowEachOther) {
  open();
  write(numbered(1, 25));
  std::vector<uint64_t> ids;
  uint64_t after = 0;
  for (int i = 0; i < 3; ++i) {
    const Page page = read({.after = after, .limit = 10});
    for (const Event& event : page.events) ids.push_back(event.id);
    after = page.next_after;
  }
  EXPECT_THAT(ids, SizeIs(25));
  EXPECT_EQ(ids.back(), 25u);
  EXPECT_EQ(after, 25u);
  EXPECT_THAT(read({.after = 25}).events, IsEmpty());
  EXPECT_FALSE(read({.after = 25}).is_reset);
  EXPECT_TRUE(read({.after = 26}).is_reset);
  EXPECT_THAT(read({.after = 26}).events, SizeIs(25));
}

TEST_F(StoreTest, LooksAtABoundedNumberOfEventsInOneRead) {
  open();
  write(numbered(1, Store::kMaxScan + 5));
  const Query query{.after = 0, .filter = {.room = "red"}};
  const Page first = read(query);
  EXPECT_THAT(first.events, IsEmpty());
  EXPECT_EQ(first.next_after, Store::kMaxScan);
  EXPECT_EQ(read({.after = first.next_after, .filter = query.filter}).next_after,
            Store::kMaxScan + 5);
}

TEST_F(StoreTest, KeepsWhatIsOpenInTheTransactionOfItsEvents) {
  open();
  std::vector<Event> events = {made("room.created"), made("participant.joined", "ann", 2000),
                               made("participant.joined", "bob", 3000),
                               made("participant.left", "ann"), made("track.published", "bob")};
  for (size_t i = 0; i < events.size(); ++i) events[i].id = events[i].seq = i + 1;
  write(events);
  open();
  const auto rooms = store_->open_rooms().value();
  ASSERT_THAT(rooms, SizeIs(1));
  const OpenRoom& room = rooms.at("i1");
  EXPECT_EQ(room.room, "blue");
  EXPECT_EQ(room.begun_unix_ms, 1000);
  EXPECT_EQ(room.last_seq, 5u);
  EXPECT_EQ(room.participants, (std::map<std::string, int64_t>{{"bob", 3000}}));
  Event closed = made("room.closed");
  closed.id = closed.seq = 6;
  Event late = made("recording.finished");
  late.id = late.seq = 7;
  write({closed, late});
  EXPECT_THAT(store_->open_rooms().value(), IsEmpty());
}

TEST_F(StoreTest, WritesNothingOfABatchThatFails) {
  open();
  write(numbered(1, 2));
  change_file(
      "CREATE TRIGGER refuse BEFORE INSERT ON kv BEGIN SELECT raise(ABORT, 'no space'); END");
  open();
  const Status status =
      store_->write({numbered(3, 4), {{"keys", "a", StoredValue{"1", 0}}}}, kStoredMs);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("no space"));
  EXPECT_EQ(store_->summary().newest, 2u);
  EXPECT_THAT(read({}).events, SizeIs(2));
  write(numbered(3, 3));
  EXPECT_EQ(store_->summary().newest, 3u) << "the next attempt begins anew";
}

TEST_F(StoreTest, DropsTheOldestInStepsAndGoesOnWithItsIds) {
  open({.age_ms = 1000});
  write(numbered(1, 700));
  EXPECT_FALSE(store_->clean(1500).value()) << "nothing is too old";
  EXPECT_TRUE(store_->clean(3000).value()) << "one step, and there is more";
  EXPECT_EQ(store_->summary().oldest, kRetentionStep + 1);
  EXPECT_FALSE(store_->clean(3000).value());
  EXPECT_EQ(store_->summary().oldest, 701u);
  EXPECT_EQ(store_->summary().newest, 700u);
  EXPECT_FALSE(read({.after = 700}).is_reset);
  EXPECT_TRUE(read({.after = 699}).is_reset);
  open();
  EXPECT_EQ(store_->summary().newest, 700u) << "although nothing is left";
  write(numbered(701, 701));
  EXPECT_EQ(store_->summary().oldest, 701u);
}

TEST_F(StoreTest, StaysWithinItsSizeAndGivesSpaceBack) {
  open({.bytes = 1'000'000});
  std::vector<Event> events = numbered(1, 4000);
  for (Event& event : events) event.data = "\"" + std::string(2000, 'x') + "\"";
  write(std::move(events));
  EXPECT_GT(store_->summary().bytes, 8'000'000);
  int steps = 0;
  while (store_->clean(kStoredMs).value()) ++steps;
  EXPECT_GT(steps, 5);
  EXPECT_LE(store_->summary().bytes, 1'100'000);
  EXPECT_GT(store_->summary().oldest, 3000u);
  EXPECT_EQ(store_->summary().newest, 4000u);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(store_->clean(kStoredMs).ok());
  store_->close();
  store_.reset();
  EXPECT_LT(std::filesystem::file_size(file()), 7'000'000u) << "a part of it, up to 4 MB, is kept";
}

TEST_F(StoreTest, InMemoryItKeepsTheNewest) {
  store_ = std::move(Store::open("", {.events = 100})).value();
  write(numbered(1, 150));
  EXPECT_FALSE(store_->clean(kStoredMs).value());
  EXPECT_EQ(store_->summary().oldest, 51u);
  write(numbered(151, 160));
  EXPECT_FALSE(store_->clean(kStoredMs).value());
  EXPECT_THAT(read({.after = 60, .limit = 1000}).events, SizeIs(100));
}

TEST_F(StoreTest, KeepsValuesUntilTheyExpireOrAreErased) {
  open();
  write({}, {{"keys", "a", StoredValue{"1", 0}},
             {"keys", "b", StoredValue{"2", kStoredMs + 10}},
             {"keys", "c", StoredValue{"3", 0}},
             {"other", "a", StoredValue{"4", 0}}});
  write({}, {{"keys", "a", StoredValue{"new", 0}}, {"keys", "c", std::nullopt}});
  open();
  auto values = store_->load("keys", kStoredMs).value();
  EXPECT_THAT(values, SizeIs(2));
  EXPECT_EQ(values["a"].value, "new");
  EXPECT_EQ(values["b"].expires_unix_ms, kStoredMs + 10);
  EXPECT_THAT(store_->load("keys", kStoredMs + 10).value(), SizeIs(1));
  EXPECT_THAT(store_->load("none", kStoredMs).value(), IsEmpty());
  ASSERT_TRUE(store_->clean(kStoredMs + 10).ok());
  EXPECT_THAT(store_->load("keys", kStoredMs).value(), SizeIs(1)) << "what has expired is gone";
}

TEST_F(StoreTest, NobodyElseReadsTheFile) {
  open();
  struct stat status {};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07, 0u);
}

TEST_F(StoreTest, OneProcessUsesIt) {
  open();
  const auto second = Store::open(file(), {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::Conflict);
  EXPECT_THAT(second.error().message, AllOf(HasSubstr(file()), HasSubstr("another process")));
}

TEST_F(StoreTest, SaysThatAFileIsCorruptAndHowToRepairIt) {
  open();
  write(numbered(1, 2000));
  store_->close();
  store_.reset();
  const auto size = std::filesystem::file_size(file());
  struct Case {
    const char* what;
    std::function<void()> damage;
  };
  const Case cases[] = {
      {"no database at all", [&] { directory_.write("events.db", std::string(8192, 'x')); }},
      {"empty", [&] { directory_.write("events.db", ""); }},
      {"pages that are overwritten",
       [&] {
         std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
         stream.seekp(4096 * 5);
         for (size_t at = 4096 * 5; at < size; ++at) stream.put('\xa5');
       }},
      {"cut off", [&] { std::filesystem::resize_file(file(), size / 2); }},
  };
  std::filesystem::copy_file(file(), directory_.file("sound"));
  for (const Case& each : cases) {
    std::filesystem::copy_file(directory_.file("sound"), file(),
                               std::filesystem::copy_options::overwrite_existing);
    each.damage();
    const Error error = open_error();
    EXPECT_EQ(error.code, ErrorCode::Internal) << each.what;
    EXPECT_THAT(error.message,
                AllOf(HasSubstr(file()), HasSubstr("corrupt"), HasSubstr("--repair-events")))
        << each.what;
  }
}

TEST_F(StoreTest, RefusesANewerVersionAndOtherDatabases) {
  open();
  change_file("PRAGMA user_version = 2");
  Error error = open_error();
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.message, AllOf(HasSubstr("has version 2"), HasSubstr("reads version 1")));
  std::filesystem::remove(file());
  change_file("CREATE TABLE songs(name TEXT)");
  error = open_error();
  EXPECT_EQ(error.code, ErrorCode::Unsupported);
  EXPECT_THAT(error.message, HasSubstr("another program"));
}

TEST_F(StoreTest, SaysWhyAFileCannotBeMade) {
  const auto missing = Store::open(directory_.file("no/such/events.db"), {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(missing.error().message,
              AllOf(HasSubstr("no/such/events.db"), HasSubstr("No such file or directory")));
}

}  // namespace
}  // namespace veche::events
