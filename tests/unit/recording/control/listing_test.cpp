// SPDX-License-Identifier: Apache-2.0
// Lists show the recordings of one incarnation of a room, in pages.
#include "recording/control/listing.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <veche/cpp/failure.hpp>

#include "recording/control/views.hpp"

namespace veche::recording {
namespace {

Manifest manifest_of(const std::string& id, const std::string& room,
                     const std::string& incarnation) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = room;
  manifest.incarnation = incarnation;
  return manifest;
}

class ListingTest : public testing::Test {
 protected:
  void SetUp() override {
    add("1", "lobby", "a");
    add("2", "hall", "c");
    add("3", "lobby", "a");
    add("4", "lobby", "b");
    running_.push_back(std::make_shared<const Manifest>(manifest_of("5", "lobby", "b")));
  }
  void add(const std::string& id, const std::string& room, const std::string& incarnation) {
    index_.add("path", manifest_of(id, room, incarnation), 0);
  }
  /// The ids on the page.
  std::string ids(const std::string& room, std::optional<std::string> incarnation,
                  const std::string& query = "") {
    const std::string json =
        list_recordings({room, std::move(incarnation), parse_page(query)}, running_, index_);
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
  EXPECT_EQ(ids("lobby", "b"), "54");
  EXPECT_EQ(ids("lobby", "a"), "31");
  EXPECT_EQ(ids("lobby", "z"), "") << "it was made again, and is not recorded yet";
}

TEST_F(ListingTest, ShowsTheLastIncarnationOfARoomThatHasClosed) {
  EXPECT_EQ(ids("lobby", {}), "54");
  running_.clear();
  EXPECT_EQ(ids("hall", {}), "2");
  EXPECT_EQ(ids("cellar", {}), "");
}

TEST_F(ListingTest, ShowsAllIncarnationsWhereItIsAsked) {
  EXPECT_EQ(ids("lobby", "z", "incarnations=all"), "5431");
  EXPECT_EQ(ids("lobby", "b", "incarnations=current"), "54");
}

TEST_F(ListingTest, GoesOnAfterTheCursor) {
  EXPECT_EQ(ids("", {}, "limit=2"), "54");
  EXPECT_EQ(ids("", {}, "limit=2&cursor=4"), "32");
  EXPECT_EQ(ids("lobby", {}, "limit=2&cursor=4&incarnations=all"), "31");
}

TEST(Views, SayWhyARoomThatClosesEndsItsRecordings) {
  EXPECT_STREQ(ending_of(R"({"reason":"server_stopping","duration_s":3})"), "shutdown");
  for (const char* data : {R"({"reason":"room_closed"})", "{}", "[]", "", "{"}) {
    EXPECT_STREQ(ending_of(data), "room-closed") << data;
  }
}

TEST_F(ListingTest, RefusesOtherQueries) {
  EXPECT_THROW(parse_page("incarnations=old"), Failure);
  EXPECT_THROW(parse_page("room=lobby"), Failure);
}

}  // namespace
}  // namespace veche::recording
