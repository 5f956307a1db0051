// SPDX-License-Identifier: Apache-2.0
// The host with a plugin made with the C++ wrapper.
#include <gmock/gmock.h>

#include <array>
#include <map>

#include "../unit/room/fake_media.hpp"
#include "base/thread_role.hpp"
#include "host_fixture.hpp"
#include "plugin/http_routes_adapter.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

class WrapperTest : public HostTest {
 protected:
  /// What the plugin logs from load to stop.
  std::string log_of(const std::string& config) {
    ::testing::internal::CaptureStderr();
    auto host = Host::load(loop_, settings_of({request("wrapped", false, config)}));
    EXPECT_TRUE(host.ok());
    if (host.ok()) {
      error_ = find(**host, "wrapped").error;
      (*host)->on_event(event(1, "room.created"));
      const int64_t end_ns = monotonic_ns() + kNsPerS / 20;
      run_until([&] { return monotonic_ns() > end_ns; });
      (*host)->on_event(event(2, "room.closed"));
      (*host)->stop();
      failures_.clear();
      for (const HookInfo& hook : find(**host, "wrapped").hooks) {
        if (hook.failures > 0) failures_[hook.name] = hook.failures;
      }
    }
    return ::testing::internal::GetCapturedStderr();
  }
  std::string error_;
  std::map<std::string, uint64_t> failures_;
};

TEST_F(WrapperTest, ReadsConfigurationAndRunsTasks) {
  const std::string log = log_of("{}");
  EXPECT_EQ(error_, "");
  EXPECT_THAT(log, HasSubstr("wrapped: limit 2, share 0.500000, on 1, 2 names"));
  EXPECT_THAT(log, HasSubstr("wrapped: posted"));
  EXPECT_THAT(log, HasSubstr("wrapped: room.created"));
  EXPECT_THAT(log, ::testing::Not(HasSubstr("wrapped: room.closed")));
  EXPECT_THAT(log, HasSubstr("wrapped: no post any more"));
  const size_t tick = log.find("wrapped: tick");
  ASSERT_NE(tick, std::string::npos);
  EXPECT_EQ(log.find("wrapped: tick", tick + 1), std::string::npos) << "it has cancelled itself";
}

TEST_F(WrapperTest, TurnsExceptionsIntoErrors) {
  log_of(R"({"fail": "create"})");
  EXPECT_THAT(error_, HasSubstr("create: wanted to fail"));
  log_of(R"({"fail": "missing"})");
  EXPECT_THAT(error_, HasSubstr("create: the configuration has no such value at /no/such/key"));
  log_of(R"({"fail": "start"})");
  EXPECT_THAT(error_, HasSubstr("start: wanted to fail"));
}

TEST_F(WrapperTest, TurnsExceptionsOfOtherHooksIntoLogLinesAndCountsThem) {
  using Failures = std::map<std::string, uint64_t>;
  log_of("{}");
  EXPECT_EQ(failures_, Failures{});
  EXPECT_THAT(log_of(R"({"fail": "post"})"), HasSubstr("wrapped: a task failed: wanted to fail"));
  EXPECT_EQ(failures_, (Failures{{"loop.callback", 1}}));
  EXPECT_THAT(log_of(R"({"fail": "on_event"})"),
              HasSubstr("wrapped: on_event failed: wanted to fail"));
  EXPECT_EQ(failures_, (Failures{{"observer.on_event", 2}}));
  EXPECT_THAT(log_of(R"({"fail": "stop"})"), HasSubstr("wrapped: stop failed: wanted to fail"));
  EXPECT_EQ(failures_, (Failures{{"stop", 1}}));
}

TEST_F(WrapperTest, TellsClientsWhatAFailureSaysAndOperatorsWhatAnExceptionSays) {
  auto host = Host::load(loop_, settings_of({request("wrapped", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  HttpRoutesAdapter& routes = *(*host)->http_routes("wrapped");
  const auto ask = [&](const char* how) {
    HttpAnswer given;
    ::testing::internal::CaptureStderr();
    routes.handle(*routes.find("GET", "/fail/{how}"), {.path = "/fail/x", .params = {how}}, 1000,
                  [&](const HttpAnswer& answer) { given = answer; });
    run_until([&] { return given.status != 200; });
    const std::string log = ::testing::internal::GetCapturedStderr();
    return std::to_string(given.status) + " " + given.body + " | " + log;
  };
  EXPECT_THAT(ask("cake"), ::testing::StartsWith("404 there is no cake | "));
  for (const char* how : {"private", "internal"}) {
    EXPECT_THAT(ask(how), ::testing::MatchesRegex(
                              "500 The server's log says more.*wrapped: /fail/.how. failed: the "
                              "password is hunter2\n(.*tick\n)?"));  // Its timer goes on.
  }
  (*host)->stop();
  for (const HookInfo& hook : find(**host, "wrapped").hooks) {
    EXPECT_EQ(hook.failures, hook.name == "http_routes.handle" ? 2u : 0u) << hook.name;
  }
}

TEST_F(WrapperTest, SelectsWithSettingsOfTheRoom) {
  auto host = Host::load(loop_, settings_of({request("wrapped", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  media::Selector& selector = *(*host)->selector();
  const auto refused = selector.make_settings(R"({"limit":8})");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("/limit: must be 7"));
  ASSERT_EQ(refused.error().fields.size(), 1u);
  EXPECT_EQ(refused.error().fields[0].pointer, "/limit");
  auto one = selector.make_settings("{}");
  auto seven = selector.make_settings(R"({"limit":7})");
  ASSERT_TRUE(one.ok() && seven.ok());
  auto room = selector.open(**one);
  ASSERT_TRUE(room.ok());

  // Ann listens with three slots, has blocked Dan, and must not hear herself or the muted Cid.
  std::array<veche_candidate, 5> candidates{};
  const uint64_t participants[] = {1, 2, 3, 4, 5};
  for (size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].track = 10 + participants[i];
    candidates[i].participant = participants[i];
    candidates[i].kind = VECHE_KIND_AUDIO;
    candidates[i].level = static_cast<uint8_t>(i);
  }
  candidates[2].flags = VECHE_CANDIDATE_MUTED;
  const veche_preference blocked{4, VECHE_PREFER_BLOCKED, 0};
  std::array<veche_slot, 3> slots{{{0, VECHE_KIND_AUDIO, 0}, {15, VECHE_KIND_AUDIO, 0}, {0, 2, 0}}};
  const veche_listener listener{100, 1, 0, 3, 0, 1, 0, 0, {}, 0};
  std::array<uint8_t, 5> speaking{};
  const veche_attribute role{"role", "host"};
  candidates[3].attributes = {&role, 1, 1};
  veche_room_view view{};
  view.struct_size = sizeof view;
  view.candidate_count = 5;
  view.listener_count = view.preference_count = 1;
  view.slot_count = 3;
  view.candidate_stride = sizeof(veche_candidate);
  view.listener_stride = sizeof(veche_listener);
  view.preference_stride = sizeof(veche_preference);
  view.slot_stride = sizeof(veche_slot);
  view.candidates = candidates.data();
  view.listeners = &listener;
  view.preferences = &blocked;
  veche_selection selection{sizeof selection, 0, slots.data(), speaking.data(), 0};
  {
    const ActAs lane(ThreadRole::Lane);
    (*room)->use_settings(**seven);
    (*room)->select(view, selection);
  }
  EXPECT_EQ(slots[0].track, 12u);
  EXPECT_EQ(slots[1].track, 15u) << "who has a slot keeps it";
  EXPECT_EQ(slots[2].track, 0u) << "a slot for video";
  EXPECT_EQ(selection.dominant, 14u) << "the host";
  EXPECT_EQ(speaking[4], 1);
  room->reset();
  one->reset();
  seven->reset();
  (*host)->stop();
}

TEST_F(WrapperTest, DecidesWhoJoinsAndTakesMessagesOfClients) {
  auto host = Host::load(loop_, settings_of({request("wrapped", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  room::FakeEngine engine;
  room::Server rooms(loop_, engine, room::Limits{}, 0);
  (*host)->attach(engine, rooms);
  room::Room& room = **rooms.create_room("lobby", {});
  const auto refused = room.join("mallory", {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "wrapped: mallory is not welcome");
  room::ParticipantSettings settings;
  settings.attributes = {{"role", "host"}};
  const room::Participant& ann = **room.join("ann", settings);
  EXPECT_TRUE(ann.muted_by_backend());
  EXPECT_EQ(ann.settings().attributes, (room::Attributes{{"role", "host"}, {"seat", "last"}}));

  ::testing::internal::CaptureStderr();
  const auto send = [&](const char* json) {
    return rooms.plugin_hooks().take_message("wrapped", room, ann, json);
  };
  EXPECT_TRUE(send("{}"));
  const Status down = send(R"({"hand":false})");
  ASSERT_FALSE(down.ok());
  EXPECT_EQ(down.error().fields[0].pointer, "/hand");
  EXPECT_EQ(down.error().fields[0].detail, "is down already");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr(R"(ann in lobby sent {"hand":true})"));
  (*host)->detach();
  (*host)->stop();
}

TEST_F(WrapperTest, KeepsStateOfARouteInTheServersMemory) {
  auto host = Host::load(loop_, settings_of({request("wrapped", true)}));
  ASSERT_TRUE(host.ok()) << host.error().message;
  media::PacketPolicy& policy = *(*host)->packet_policy();
  ASSERT_EQ(policy.state_size(), sizeof(uint32_t));
  const ActAs lane(ThreadRole::Lane);
  uint32_t state = 0;
  const veche_packet packets[3] = {};
  uint32_t verdicts[3] = {};
  policy.decide(&state, veche_route{}, packets, 3, verdicts);
  policy.decide(&state, veche_route{}, packets, 1, verdicts + 1);
  EXPECT_EQ(verdicts[0], VECHE_VERDICT_FORWARD);
  EXPECT_EQ(verdicts[1], VECHE_VERDICT_DROP);
  EXPECT_EQ(verdicts[2], VECHE_VERDICT_FORWARD);
  EXPECT_EQ(state, 4u);
}

}  // namespace
}  // namespace veche::plugin
