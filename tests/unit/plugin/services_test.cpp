// SPDX-License-Identifier: Apache-2.0
// The host services as a plugin sees them: through the C tables.
#include "plugin/services.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "../room/fake_media.hpp"
#include "base/thread_role.hpp"
#include "room/server.hpp"
#include "services_fixture.hpp"

namespace veche::plugin {
namespace {

using ::testing::ElementsAre;

constexpr char kServicesSchema[] = R"({"type": "object", "properties": {
  "count": {"type": "integer", "default": 3}, "ratio": {"type": "number", "default": 0.5},
  "on": {"type": "boolean", "default": true}, "name": {"type": "string", "default": "stage"},
  "list": {"type": "array", "items": {"type": "integer"}, "default": [1, 2]}}})";

class ServicesTest : public ServicesFixture {
 protected:
  ServicesTest() : ServicesFixture("test", kServicesSchema) {}

  const veche_loop* const loop_table_ = table<veche_loop>(VECHE_HOST_LOOP);
  const veche_config* const config_table_ = table<veche_config>(VECHE_HOST_CONFIG);
};

TEST_F(ServicesTest, LanesGetNothingAndAreCounted) {
  const auto* logs = table<veche_log>(VECHE_HOST_LOG);
  const auto callback = [](void*) { FAIL() << "it was refused"; };
  {
    const ActAs lane(ThreadRole::Lane);
    logs->write(host_, VECHE_LOG_INFO, "never written");
    EXPECT_EQ(loop_table_->post(host_, callback, nullptr, nullptr), VECHE_E_INVALID);
  }
  run();
  EXPECT_EQ(services_.wrong_thread(), 2u);
  std::thread([this] {
    EXPECT_EQ(loop_table_->add_timer(
                  host_, 100, [](void*) {}, nullptr),
              0u);
  }).join();
  EXPECT_EQ(services_.wrong_thread(), 3u);
}

TEST_F(ServicesTest, KnowsItsServices) {
  EXPECT_EQ(host_->struct_size, sizeof(veche_host));
  EXPECT_EQ(host_->abi_minor, VECHE_ABI_MINOR);
  EXPECT_NE(table<veche_log>(VECHE_HOST_LOG), nullptr);
  EXPECT_EQ(table<void>("veche.rooms/9"), nullptr);
  EXPECT_EQ(table<void>(nullptr), nullptr);
  EXPECT_TRUE(is_known_service(VECHE_HOST_LOOP));
  EXPECT_FALSE(is_known_service("veche.loop/1"));
}

TEST_F(ServicesTest, GivesConfigurationByTypeAndPointer) {
  int64_t count = 0;
  double ratio = 0, count_as_number = 0;
  int32_t on = 0;
  const char* name = nullptr;
  EXPECT_EQ(config_table_->get_integer(host_, "/count", &count), VECHE_OK);
  EXPECT_EQ(config_table_->get_number(host_, "/ratio", &ratio), VECHE_OK);
  EXPECT_EQ(config_table_->get_number(host_, "/count", &count_as_number), VECHE_OK);
  EXPECT_EQ(config_table_->get_boolean(host_, "/on", &on), VECHE_OK);
  EXPECT_EQ(config_table_->get_string(host_, "/name", &name), VECHE_OK);
  EXPECT_EQ(count, 3);
  EXPECT_EQ(ratio, 0.5);
  EXPECT_EQ(count_as_number, 3.0);
  EXPECT_EQ(on, 1);
  EXPECT_STREQ(name, "stage");
  EXPECT_EQ(config_table_->get_integer(host_, "/list/1", &count), VECHE_OK);
  EXPECT_EQ(count, 2);
  EXPECT_EQ(config_table_->get_json(host_), config_.json());
}

TEST_F(ServicesTest, LeavesTheValueAloneWhenThereIsNoneOfThatType) {
  int64_t count = -1;
  for (const char* pointer : {"/ratio", "/on", "/name", "/list", "/none", ""}) {
    EXPECT_EQ(config_table_->get_integer(host_, pointer, &count), VECHE_E_INVALID) << pointer;
  }
  EXPECT_EQ(config_table_->get_integer(host_, nullptr, &count), VECHE_E_INVALID);
  EXPECT_EQ(config_table_->get_integer(nullptr, "/count", &count), VECHE_E_INVALID);
  EXPECT_EQ(config_table_->get_integer(host_, "/count", nullptr), VECHE_E_INVALID);
  EXPECT_EQ(count, -1);
}

TEST_F(ServicesTest, RunsPostsOfAllThreadsOnControl) {
  static std::vector<std::thread::id> ran;
  ran.clear();
  const auto note = [](void*) { ran.push_back(std::this_thread::get_id()); };
  std::thread([&] {
    EXPECT_EQ(loop_table_->post(host_, note, nullptr, nullptr), VECHE_OK);
  }).join();
  EXPECT_EQ(loop_table_->post(host_, note, nullptr, nullptr), VECHE_OK);
  EXPECT_TRUE(ran.empty());
  run();
  EXPECT_THAT(ran, ElementsAre(std::this_thread::get_id(), std::this_thread::get_id()));
  EXPECT_EQ(callbacks_.calls(), 2u);
  EXPECT_EQ(loop_table_->post(host_, nullptr, nullptr, nullptr), VECHE_E_INVALID);
}

TEST_F(ServicesTest, SurvivesACallbackThatThrows) {
  loop_table_->post(
      host_, [](void*) { throw std::runtime_error("thrown"); }, nullptr, nullptr);
  int ran = 0;
  loop_table_->post(
      host_, [](void* data) { ++*static_cast<int*>(data); }, nullptr, &ran);
  run();
  EXPECT_EQ(ran, 1);
}

TEST_F(ServicesTest, RunsATimerUntilItIsCancelled) {
  struct Ticks {
    const veche_host* host;
    const veche_loop* loop;
    uint64_t timer = 0;
    int count = 0;
  } ticks{host_, loop_table_};
  ticks.timer = loop_table_->add_timer(
      host_, 10,
      [](void* data) {
        auto& self = *static_cast<Ticks*>(data);
        // A timer may cancel itself.
        if (++self.count == 3) {
          EXPECT_EQ(self.loop->cancel_timer(self.host, self.timer), VECHE_OK);
        }
      },
      &ticks);
  ASSERT_NE(ticks.timer, 0u);
  run_until([&] { return ticks.count == 3; });
  EXPECT_EQ(ticks.count, 3);
  EXPECT_EQ(loop_table_->cancel_timer(host_, ticks.timer), VECHE_E_GONE);
}

TEST_F(ServicesTest, RefusesTimersThatAreWrong) {
  const auto nothing = [](void*) {};
  EXPECT_EQ(loop_table_->add_timer(host_, 9, nothing, nullptr), 0u);
  EXPECT_EQ(loop_table_->add_timer(host_, 10, nullptr, nullptr), 0u);
  std::thread([&] {
    EXPECT_EQ(loop_table_->add_timer(host_, 10, nothing, nullptr), 0u);
    EXPECT_EQ(loop_table_->cancel_timer(host_, 1), VECHE_E_INVALID);
  }).join();
}

TEST_F(ServicesTest, RunsNothingAfterClose) {
  int ran = 0;
  const auto count = [](void* data) { ++*static_cast<int*>(data); };
  ASSERT_EQ(loop_table_->post(host_, count, nullptr, &ran), VECHE_OK);
  const uint64_t timer = loop_table_->add_timer(host_, 10, count, &ran);
  ASSERT_NE(timer, 0u);
  services_.close();
  EXPECT_EQ(loop_table_->post(host_, count, nullptr, &ran), VECHE_E_GONE);
  EXPECT_EQ(loop_table_->add_timer(host_, 10, count, &ran), 0u);
  EXPECT_EQ(loop_table_->cancel_timer(host_, timer), VECHE_E_GONE);
  int witness = 0;
  const glib::Timer later = loop_.once(30, [&] { witness = 1; });
  run_until([&] { return witness == 1; });
  EXPECT_EQ(ran, 0);
}

TEST_F(ServicesTest, RunsOrDropsEachPostOnce) {
  struct Outcome {
    int ran = 0, dropped = 0;
  };
  const auto run_it = [](void* data) { ++static_cast<Outcome*>(data)->ran; };
  const auto drop_it = [](void* data) { ++static_cast<Outcome*>(data)->dropped; };
  Outcome early, late, refused;
  ASSERT_EQ(loop_table_->post(host_, run_it, drop_it, &early), VECHE_OK);
  run();
  ASSERT_EQ(loop_table_->post(host_, run_it, drop_it, &late), VECHE_OK);
  services_.close();
  EXPECT_EQ(late.dropped, 1) << "before stop(), which follows";
  EXPECT_EQ(loop_table_->post(host_, run_it, drop_it, &refused), VECHE_E_GONE);
  run();
  EXPECT_EQ(early.ran, 1);
  EXPECT_EQ(early.dropped, 0);
  EXPECT_EQ(late.ran, 0);
  EXPECT_EQ(late.dropped, 1);
  EXPECT_EQ(refused.ran + refused.dropped, 0) << "it is still the plugin's";
}

TEST_F(ServicesTest, WaitsForLanesOrForTheEnd) {
  room::FakeEngine engine;
  room::Server rooms(loop_, engine, room::Limits{}, 0);
  surroundings_.rooms = &rooms;
  int ran = 0;
  const auto count = [](void* data) { ++*static_cast<int*>(data); };
  ASSERT_EQ(loop_table_->after_lanes(host_, count, &ran), VECHE_OK);
  run();
  EXPECT_EQ(ran, 0) << "a lane is still busy";
  engine.waiting.back()();
  EXPECT_EQ(ran, 1);
  for (int i = 0; i < 1024; ++i) {
    ASSERT_EQ(loop_table_->after_lanes(host_, count, &ran), VECHE_OK);
  }
  EXPECT_EQ(loop_table_->after_lanes(host_, count, &ran), VECHE_E_EXHAUSTED);
  services_.close();
  EXPECT_EQ(ran, 1025) << "before stop(), which follows";
  EXPECT_EQ(loop_table_->after_lanes(host_, count, &ran), VECHE_E_GONE);
  engine.waiting.back()();
  EXPECT_EQ(ran, 1025);
  surroundings_.rooms = nullptr;
}

TEST_F(ServicesTest, WaitsForNoLaneBeforeThereAreRooms) {
  int ran = 0;
  const auto count = [](void* data) { ++*static_cast<int*>(data); };
  ASSERT_EQ(loop_table_->after_lanes(host_, count, &ran), VECHE_OK);
  EXPECT_EQ(ran, 0);
  run();
  EXPECT_EQ(ran, 1);
}

TEST_F(ServicesTest, PostsOfManyThreadsAreRunOrDroppedWhileThePluginStops) {
  static std::atomic<int> ended;
  ended = 0;
  std::atomic<int> taken{0};
  const auto end = [](void*) { ended.fetch_add(1); };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 2000 && loop_table_->post(host_, end, end, nullptr) == VECHE_OK; ++i) {
        taken.fetch_add(1);
      }
    });
  }
  while (taken.load() < 1000) loop_.iterate();  // Not run(): it would not get to an end.
  services_.close();
  for (std::thread& thread : threads) thread.join();
  run();
  EXPECT_EQ(ended.load(), taken.load());
}

}  // namespace
}  // namespace veche::plugin
