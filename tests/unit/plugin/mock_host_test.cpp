// SPDX-License-Identifier: Apache-2.0
// The mocks that authors of plugins test with: they do what the server does.
#include <gmock/gmock.h>

#include <veche/plugin.hpp>
#include <veche/testing/mock_host.hpp>
#include <veche/testing/mock_room.hpp>

namespace veche::testing {
namespace {

using ::testing::ElementsAre;

TEST(MockHost, HasTheConfigurationThatTheTestGives) {
  const MockHost server(R"({"most": 3, "ratio": 0.5, "on": true, "names": ["ann", "bob"]})");
  const Host host = server.host();
  EXPECT_EQ(host.config<int64_t>("/most"), 3);
  EXPECT_EQ(host.config<double>("/ratio"), 0.5);
  EXPECT_TRUE(host.config<bool>("/on"));
  EXPECT_THAT(host.config_list<std::string>("/names"), ElementsAre("ann", "bob"));
  EXPECT_THROW(host.config<int64_t>("/none"), Failure);
  EXPECT_THROW(host.config<int64_t>("/names"), Failure);
}

TEST(MockHost, RunsPostsAndTimersInVirtualTime) {
  MockHost server;
  const Host host = server.host();
  int posts = 0, ticks = 0;
  const uint64_t timer = host.every(10, [&] { ++ticks; });
  host.post([&] { ++posts; });
  EXPECT_EQ(posts, 0);
  server.advance(35);
  EXPECT_EQ(posts, 1);
  EXPECT_EQ(ticks, 3);
  host.cancel(timer);
  server.advance(100);
  EXPECT_EQ(ticks, 3);
  host.post([&] { ++posts; });
  server.stop();
  EXPECT_EQ(posts, 1) << "dropped";
  EXPECT_EQ(host.post([] {}), VECHE_E_GONE);
}

TEST(MockHost, KeepsWhatThePluginDoes) {
  MockHost server;
  const Host host = server.host();
  const uint64_t ann = server.join("lobby", "ann", R"({"role":"host"})");
  EXPECT_EQ(host.id_of("lobby", "ann"), ann);
  EXPECT_EQ(host.name_of(ann), "ann");
  EXPECT_EQ(host.send("lobby", "ann", "{}"), VECHE_OK);
  EXPECT_EQ(host.send("lobby", "bob", "{}"), VECHE_E_GONE);
  EXPECT_THAT(server.messages, ElementsAre(MockHost::Act{"", "lobby", "ann", "{}"}));
  host.emit("lobby", "ann", "stage.up", "{}");
  EXPECT_THAT(server.events, ElementsAre(MockHost::Act{"stage.up", "lobby", "ann", "{}"}));
  host.set_tag("lobby", "ann", 7);
  host.set_muted("lobby", "ann", true);
  EXPECT_EQ(server.rooms["lobby"]["ann"].tag, 7u);
  EXPECT_TRUE(server.rooms["lobby"]["ann"].is_muted);
  server.selects = false;
  EXPECT_EQ(host.set_tag("lobby", "ann", 8), VECHE_E_UNSUPPORTED);
  EXPECT_EQ(host.remove("lobby", "ann", "Bye."), VECHE_OK);
  EXPECT_EQ(host.id_of("lobby", "ann"), 0u);
  host.post([] { throw Failure(VECHE_E_INVALID, "no"); });
  server.run();
  EXPECT_THAT(server.failures, ElementsAre("a task: no"));
}

/// Hears who is louder than -60 dBov.
struct Loud {
  void select(const RoomView& room, Assignments& out) const noexcept {
    const auto is_loud = [](const veche_candidate& candidate) { return candidate.level < 60; };
    for (const veche_listener& listener : room.listeners()) out.fill(listener, is_loud);
    for (const veche_candidate& candidate : room.candidates()) {
      out.set_speaking(candidate, is_loud(candidate));
    }
  }
};

TEST(MockRoom, ShowsTheSelectorPeopleAndKeepsWhatItDecides) {
  MockRoom room;
  auto& ann = room.add();
  auto& bob = room.add();
  ann.level = 20;
  room.select(Loud());
  EXPECT_TRUE(room.hears(bob, ann));
  EXPECT_FALSE(room.hears(ann, bob));
  EXPECT_TRUE(ann.is_speaking);
  EXPECT_FALSE(bob.is_speaking);
  ann.is_muted = true;
  room.select(Loud());
  EXPECT_FALSE(room.hears(bob, ann));
}

}  // namespace
}  // namespace veche::testing
