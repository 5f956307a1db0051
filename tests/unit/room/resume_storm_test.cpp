// SPDX-License-Identifier: Apache-2.0
// A client that loses its connection at any moment of a room in which anything happens.
#include <map>
#include <random>
#include <set>

#include "room_fixture.hpp"

namespace veche::room {
namespace {

/// A client that believes what it is told, and checks that nothing is told in vain.
class Believer : public RecordingSink {
 public:
  void on_snapshot(const Snapshot& told) override {
    RecordingSink::on_snapshot(told);
    has.clear();
    history_.clear();
    for (const SharedEntry& entry : told.roster) has.insert(entry->participant);
    participants = told.participants;
    commit();
  }
  void on_roster(const RosterChange& change) override {
    RecordingSink::on_roster(change);
    for (const SharedEntry& each : change.joined) EXPECT_TRUE(has.insert(each->participant).second);
    for (const SharedEntry& each : change.changed) EXPECT_TRUE(has.contains(each->participant));
    for (const std::string& name : change.left) EXPECT_EQ(has.erase(name), 1u) << name;
    for (const std::string& name : change.hidden) EXPECT_EQ(has.erase(name), 1u) << name;
    participants = change.participants;
    commit();
  }
  /// As of message `wanted`, the last one that has arrived.
  void lose_after(uint64_t wanted) {
    while (history_.back().seq > wanted) history_.pop_back();
    has = history_.back().has;
    participants = history_.back().participants;
  }

  std::set<std::string> has;
  size_t participants = 0;

 private:
  struct Version {
    uint64_t seq;
    std::set<std::string> has;
    size_t participants;
  };
  void commit() { history_.push_back({seq, has, participants}); }
  std::vector<Version> history_;
};

/// A room in which anything happens, and one client of it, whose connection is lost time and again.
class StormTest : public RoomTest {
 protected:
  void begin(uint32_t seed) {
    random.seed(seed);
    crowd = &make_room("crowd" + std::to_string(seed));
    ann = &connect(*crowd, "ann");
    window = below(12);
    client = Believer();
    watching = crowd->watch("ann", client, {.window = window}).value();
    present.clear();
  }
  size_t below(size_t count) { return static_cast<size_t>(random() % count); }

  void happen(const std::string& name) {
    Participant* found = crowd->find(name);
    switch (below(6)) {
      case 0:
        if (!found) present[name] = &connect(*crowd, name);
        break;
      case 1:
        if (found) (void)crowd->remove(name, EndReason::Left);
        present.erase(name);
        break;
      case 2:
        if (found) (void)found->update({.name = "n" + std::to_string(random())});
        break;
      case 3: speak(found ? present[name]->tracks()[0].track : TrackId{}); break;
      case 4: (void)crowd->find("ann")->update({.pinned = {{name}}}); break;
      default: lost_after ? come_back() : get_lost(); break;
    }
    if (below(3) == 0) tick();
  }
  void speak(TrackId track) {
    tick();
    media().poll({{{ann->id(), {track}}}, {track}, track});
  }
  /// The server may learn of it only when the client comes back.
  void get_lost() {
    lost_after = client.seq - below(std::min<size_t>(client.seq, 6));
    if (below(2) == 0) watching.reset();
  }
  void come_back() {
    client.lose_after(*lost_after);
    const StreamPosition position{client.snapshot.stream, *lost_after};
    watching = crowd->watch("ann", client, {.window = window, .resume = position}).value();
    lost_after.reset();
  }
  std::set<std::string> right_window() {
    const Participant& self = *crowd->find("ann");
    const RosterWindow right = window_of(
        crowd->roster(), window, {self.id(), self.pinned(), self.slots(), crowd->speakers()});
    std::set<std::string> names(right.first.begin(), right.first.end());
    names.insert(right.others.begin(), right.others.end());
    return names;
  }

  std::mt19937 random;
  Room* crowd = nullptr;
  FakeSession* ann = nullptr;
  size_t window = 0;
  Believer client;
  std::unique_ptr<ClientFeed> watching;
  std::map<std::string, FakeSession*> present;
  std::optional<uint64_t> lost_after;
};

TEST_F(StormTest, LeavesNoClientWrongHoweverOftenItsConnectionIsLost) {
  for (uint32_t seed = 1; seed <= 30; ++seed) {
    begin(seed);
    for (int step = 0; step < 300; ++step) happen("p" + std::to_string(below(20)));
    if (lost_after) come_back();
    for (int i = 0; i < 10; ++i) tick();  // One second.
    EXPECT_EQ(client.has, right_window()) << "seed " << seed;
    EXPECT_EQ(client.participants, crowd->roster().size()) << "seed " << seed;
    EXPECT_THAT(client.lines, testing::Contains("resumed")) << "seed " << seed;
    ASSERT_TRUE(server->remove_room(crowd->id()).ok());
    run();
  }
}

}  // namespace
}  // namespace veche::room
