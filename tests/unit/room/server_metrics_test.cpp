// SPDX-License-Identifier: Apache-2.0
// Metrics of rooms: correct, and with as many series for one room as for 500.
#include <map>

#include "room/server.hpp"
#include "room_fixture.hpp"

namespace veche::room {
namespace {

class ServerMetricsTest : public RoomTest {
 protected:
  /// By name and label.
  std::map<std::string, int64_t> read() {
    std::map<std::string, int64_t> values;
    MetricSink sink([&values](const MetricSample& metric) {
      std::string name = metric.name;
      for (const MetricLabel& label : metric.labels) name += " " + std::string(label.value);
      EXPECT_TRUE(values.emplace(name, metric.value).second) << name << " is there twice";
    });
    server->put_metrics(sink);
    return values;
  }
};

TEST_F(ServerMetricsTest, CountRoomsParticipantsAndSpeakers) {
  Room& room = make_room("a");
  FakeSession& ann = connect(room, "ann");
  connect(room, "bob");
  join(room, "invited");
  make_room("b");
  tick();
  media::Selection selection;
  selection.speaking = {ann.tracks()[0].track};
  engine.rooms[0]->poll(selection);
  ASSERT_TRUE(room.remove("bob", EndReason::Removed));
  server->revocations().remove("a", "bob", 1'700'000'000'000);
  const auto values = read();
  EXPECT_EQ(values.at("veche_rooms"), 2);
  EXPECT_EQ(values.at("veche_participants"), 2);
  EXPECT_EQ(values.at("veche_speakers"), 1);
  EXPECT_EQ(values.at("veche_token_revocations"), 1);
  EXPECT_EQ(values.at("veche_participants_ended_total removed"), 1);
  EXPECT_EQ(values.at("veche_participants_ended_total left"), 0);
}

TEST_F(ServerMetricsTest, HaveAsManySeriesForOneRoomAsFor500) {
  connect(make_room("first"), "ann");
  const size_t with_one = read().size();
  EXPECT_GT(with_one, 10u);
  for (int i = 0; i < 499; ++i) {
    const std::string number = std::to_string(i);
    connect(make_room("room-" + number), "person-" + number);
  }
  EXPECT_EQ(read().size(), with_one);
  EXPECT_EQ(read().at("veche_rooms"), 500);
}

}  // namespace
}  // namespace veche::room
