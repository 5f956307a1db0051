// SPDX-License-Identifier: Apache-2.0
// Lists show the recordings of one room instance, in pages.
#include "recording/control/listing.hpp"

#include <gtest/gtest.h>

#include <veche/cpp/failure.hpp>

#include "recording/control/views.hpp"

namespace veche::recording {
namespace {

Manifest manifest_of(const std::string& id, const std::string& room, int64_t room_created) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = room;
  manifest.room_created_unix_ms = room_created;
  return manifest;
}

class ListingTest : public testing::Test {
 protected:
  void SetUp() override {
    add("1", "lobby", 100);
    add("2", "hall", 150);
    add("3", "lobby", 100);
    add("4", "lobby", 200);
    running_.push_back(std::make_shared<const Manifest>(manifest_of("5", "lobby", 200)));
  }
  void add(const std::string& id, const std::string& room, int64_t created) {
    index_.add("path", manifest_of(id, room, created), 0);
  }
  /// The ids on the page.
  std::string ids(const std::string& room, std::optional<int64_t> created,
                  const std::string& query = "") {
    const std::string json = list_recordings({room, created, parse_page(query)}, running_, index_);
    std::string found;
    const std::string name = "\"id\" : \"";
    for (size_t at = json.find(name); at != json.npos; at = json.find(name, at + 1)) {
      found += json[at + name.size()];
    }
    return found;
  }
  Index index_;
  std::vector<std::shared_ptr<const Manifest>> running_;
};

TEST_F(ListingTest, ShowsAllRoomsTheNewestFirst) { EXPECT_EQ(ids("", {}), "54321"); }

TEST_F(ListingTest, ShowsTheRoomThatExistsAndNotEarlierOnesOfItsName) {
  EXPECT_EQ(ids("lobby", 200), "54");
  EXPECT_EQ(ids("lobby", 100), "31");
  EXPECT_EQ(ids("lobby", 300), "") << "it was made again, and is not recorded yet";
}

TEST_F(ListingTest, ShowsTheLastInstanceOfARoomThatHasClosed) {
  EXPECT_EQ(ids("lobby", {}), "54");
  running_.clear();
  EXPECT_EQ(ids("hall", {}), "2");
  EXPECT_EQ(ids("cellar", {}), "");
}

TEST_F(ListingTest, ShowsAllInstancesWhereItIsAsked) {
  EXPECT_EQ(ids("lobby", 300, "instances=all"), "5431");
  EXPECT_EQ(ids("lobby", 200, "instances=current"), "54");
}

TEST_F(ListingTest, GoesOnAfterTheCursor) {
  EXPECT_EQ(ids("", {}, "limit=2"), "54");
  EXPECT_EQ(ids("", {}, "limit=2&cursor=4"), "32");
  EXPECT_EQ(ids("lobby", {}, "limit=2&cursor=4&instances=all"), "31");
}

TEST(Views, SayWhyARoomThatClosesEndsItsRecordings) {
  EXPECT_STREQ(ending_of(R"({"reason":"server_stopping","duration_s":3})"), "shutdown");
  for (const char* data : {R"({"reason":"room_closed"})", "{}", "[]", "", "{"}) {
    EXPECT_STREQ(ending_of(data), "room-closed") << data;
  }
}

TEST_F(ListingTest, RefusesOtherQueries) {
  EXPECT_THROW(parse_page("instances=old"), Failure);
  EXPECT_THROW(parse_page("room=lobby"), Failure);
}

}  // namespace
}  // namespace veche::recording
