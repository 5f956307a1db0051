// SPDX-License-Identifier: Apache-2.0
// The plugin through its C tables, as a host calls them: settings of rooms, routes, metrics, log
// lines, and calls that allocate nothing.
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>
#include <veche/controller.h>
#include <veche/host.h>
#include <veche/http_routes.h>
#include <veche/observer.h>
#include <veche/plugin.h>
#include <veche/room_settings.h>
#include <veche/selector.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "../allocations.hpp"

struct veche_metric {
  int64_t value = 0;
};

namespace {

using veche::test::allocations;

/// What the fake host offers and has seen.
struct FakeHost {
  std::string config = R"({"mode": "all", "max_redundancy": 2, "protect_loss_percent": 2,
      "loss_percentile": 75, "min_bitrate_bps": 16000, "max_bitrate_bps": 0, "max_queue_ms": 50,
      "overload_percent": 85})";
  std::vector<std::string> lines;
  std::map<std::string, veche_metric> metrics;
  uint32_t status = 0;
  std::string answer;
};
FakeHost* fake = nullptr;

void write_log(const veche_host*, uint32_t, const char* line) { fake->lines.emplace_back(line); }
const char* get_json(const veche_host*) { return fake->config.c_str(); }
veche_metric* add_metric(const veche_host*, uint32_t, const char* name, const char*, const int64_t*,
                         uint32_t) {
  return &fake->metrics[name];
}
void add(veche_metric* metric, int64_t amount) { metric->value += amount; }
void set(veche_metric* metric, int64_t value) { metric->value = value; }
veche_status visit_participants(const veche_host*, const char* room,
                                int32_t (*visit)(void*, const veche_participant_info*),
                                void* data) {
  if (std::strcmp(room, "lobby") != 0) return VECHE_E_GONE;
  for (const auto& [id, name] : {std::pair{2000, "anna"}, std::pair{2001, "boris"}}) {
    veche_participant_info info{};
    info.struct_size = sizeof info;
    info.id = static_cast<uint64_t>(id);
    info.room = room;
    info.participant = name;
    if (visit(data, &info) != VECHE_VISIT_NEXT) break;
  }
  return VECHE_OK;
}
veche_status reply(const veche_host*, uint64_t, uint32_t status, const char*, const char* body,
                   uint64_t size) {
  fake->status = status;
  fake->answer.assign(body, size);
  return VECHE_OK;
}
veche_status reply_problem(const veche_host*, uint64_t, uint32_t status, const char*,
                           const char* detail) {
  fake->status = status;
  fake->answer = detail;
  return VECHE_OK;
}

veche_log make_log() {
  veche_log table{};
  table.struct_size = offsetof(veche_log, write) + sizeof table.write;
  table.write = write_log;
  return table;
}
veche_config make_config() {
  veche_config table{};
  table.struct_size = sizeof table;
  table.get_json = get_json;
  return table;
}
veche_metrics make_metrics() {
  veche_metrics table{};
  table.struct_size = sizeof table;
  table.add_metric = add_metric;
  table.add = add;
  table.set = set;
  return table;
}
veche_rooms make_rooms() {
  veche_rooms table{};
  table.struct_size = sizeof table;
  table.visit_participants = visit_participants;
  return table;
}
veche_http make_http() {
  veche_http table{};
  table.struct_size = sizeof table;
  table.reply = reply;
  table.reply_problem = reply_problem;
  return table;
}

const void* get_extension(const veche_host*, const char* id) {
  static const veche_log kLog = make_log();
  static const veche_config kConfig = make_config();
  static const veche_metrics kMetrics = make_metrics();
  static const veche_rooms kRooms = make_rooms();
  static const veche_http kHttp = make_http();
  const std::pair<const char*, const void*> tables[] = {{VECHE_HOST_LOG, &kLog},
                                                        {VECHE_HOST_CONFIG, &kConfig},
                                                        {VECHE_HOST_METRICS, &kMetrics},
                                                        {VECHE_HOST_ROOMS, &kRooms},
                                                        {VECHE_HOST_HTTP, &kHttp}};
  for (const auto& [name, table] : tables) {
    if (std::strcmp(id, name) == 0) return table;
  }
  return nullptr;
}

const veche_host kHost = {.struct_size = sizeof(veche_host),
                          .abi_minor = VECHE_ABI_MINOR,
                          .get_extension = get_extension};

constexpr uint32_t kNeutral = VECHE_PROTECT_AS_PUBLISHED | VECHE_PROTECT_RETRANSMIT;

/// Two participants who hear each other.
class AdaptivePlugin : public testing::Test {
 protected:
  AdaptivePlugin() {
    fake = &fake_;
    plugin_ = entry_.create(&kHost, &error_);
    EXPECT_NE(plugin_, nullptr) << error_.message;
    entry_.start(plugin_, &error_);
    for (uint32_t i = 0; i < 2; ++i) {
      sessions_[i].session = 1000 + i;
      sessions_[i].participant = 2000 + i;
      sessions_[i].first_route = sessions_[i].first_track = i;
      sessions_[i].route_count = sessions_[i].track_count = 1;
      sessions_[i].link = VECHE_LINK_FEEDBACK;
      sessions_[i].capacity_bps = sessions_[i].used_bps = 54'000;
      routes_[i].track = 3001 - i;
      routes_[i].participant = 2001 - i;
      routes_[i].kind = tracks_[i].kind = VECHE_KIND_AUDIO;
      routes_[i].flags =
          VECHE_ROUTE_DOMINANT | VECHE_ROUTE_ABLE_REDUNDANCY | VECHE_ROUTE_ABLE_RETRANSMISSION;
      routes_[i].price_bps = 54'000;
      tracks_[i].track = 3000 + i;
      tracks_[i].bitrate_bps = 32'000;
      tracks_[i].packets_per_s = 50;
      tracks_[i].listener_count = 1;
    }
  }
  ~AdaptivePlugin() override {
    entry_.stop(plugin_);
    entry_.destroy(plugin_);
  }
  AdaptivePlugin(const AdaptivePlugin&) = delete;
  AdaptivePlugin& operator=(const AdaptivePlugin&) = delete;

  template <class Table>
  const Table& table(const char* id) const {
    return *static_cast<const Table*>(entry_.get_extension(id));
  }
  void run(int calls) {
    veche_controlled_room room{};
    room.struct_size = sizeof room;
    room.session_count = room.route_count = room.track_count = 2;
    room.session_stride = sizeof sessions_[0];
    room.route_stride = sizeof routes_[0];
    room.track_stride = sizeof tracks_[0];
    room.room = 7;
    room.name = "lobby";
    room.sessions = sessions_;
    room.routes = routes_;
    room.tracks = tracks_;
    veche_room_decision decision{sizeof decision,
                                 sizeof decided_sessions_[0],
                                 sizeof decided_routes_[0],
                                 sizeof decided_tracks_[0],
                                 decided_sessions_,
                                 decided_routes_,
                                 decided_tracks_};
    for (int i = 0; i < calls; ++i) {
      for (auto& route : decided_routes_) route = {VECHE_TARGET_ALL, kNeutral, 0, 0};
      room.now_ns = now_ns_ += 100'000'000;
      table<veche_controller>(VECHE_EXT_AUDIO_CONTROLLER).control(plugin_, &room, &decision);
    }
  }
  void get(uint32_t route, std::vector<const char*> params) {
    veche_http_request request{};
    request.struct_size = sizeof request;
    request.id = 1;
    request.method = "GET";
    request.path = request.query = request.key_id = request.body = request.accept =
        request.participant = "";
    request.params = params.data();
    request.param_count = static_cast<uint32_t>(params.size());
    table<veche_http_routes>(VECHE_EXT_HTTP_ROUTES).routes[route]->handle(plugin_, &request);
  }
  void set_room(const char* json) {
    veche_values values{};
    values.struct_size = sizeof values;
    values.json = json;
    table<veche_room_settings>(VECHE_EXT_ROOM_SETTINGS).changed(plugin_, "lobby", &values);
  }
  /// Null if it is no JSON object.
  JsonObject* answer() {
    g_clear_object(&parser_);
    parser_ = json_parser_new();
    if (!json_parser_load_from_data(parser_, fake_.answer.data(),
                                    static_cast<gssize>(fake_.answer.size()), nullptr))
      return nullptr;
    return json_node_get_object(json_parser_get_root(parser_));
  }
  void TearDown() override { g_clear_object(&parser_); }

  const veche_plugin_entry& entry_ = veche_plugin_entry_1;
  FakeHost fake_;
  veche_plugin* plugin_ = nullptr;
  veche_error error_ = {
      .struct_size = sizeof(veche_error), .code = 0, .message = "", .pointer = ""};
  veche_controlled_session sessions_[2] = {};
  veche_controlled_route routes_[2] = {};
  veche_controlled_track tracks_[2] = {};
  veche_session_decision decided_sessions_[2] = {};
  veche_route_decision decided_routes_[2] = {};
  veche_track_decision decided_tracks_[2] = {};
  int64_t now_ns_ = 1'000'000'000;
  JsonParser* parser_ = nullptr;
};

TEST_F(AdaptivePlugin, SaysWhatItIs) {
  EXPECT_STREQ(entry_.id, "org.veche.adaptive");
  ASSERT_FALSE(fake_.lines.empty());
  EXPECT_EQ(fake_.lines[0], "mode all, at most 2 repeated packets");
  const auto& controller = table<veche_controller>(VECHE_EXT_AUDIO_CONTROLLER);
  EXPECT_STREQ(controller.reasons[0], "");
  EXPECT_EQ(controller.reason_count, 8U);
}

TEST_F(AdaptivePlugin, DecidesWithoutAllocationsOnceItKnowsTheRoom) {
  sessions_[0].loss = 0.1F;
  sessions_[1].queue_us = 100'000;
  run(50);
  const int before = allocations();
  run(1000);
  EXPECT_EQ(allocations(), before);
}

TEST_F(AdaptivePlugin, FollowsTheSettingsOfTheRoom) {
  sessions_[0].loss = 0.1F;
  run(5);
  EXPECT_EQ(decided_routes_[0].protection, VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT);
  set_room(
      R"({"mode": "server", "max_redundancy": 1, "min_bitrate_bps": 0, "max_bitrate_bps": 0})");
  run(1);
  EXPECT_EQ(decided_routes_[0].protection, VECHE_PROTECT_ONE | VECHE_PROTECT_RETRANSMIT);
  set_room(R"({"mode": "off", "max_redundancy": 2, "min_bitrate_bps": 0, "max_bitrate_bps": 0})");
  run(1);
  EXPECT_EQ(decided_routes_[0].protection, kNeutral);
  const veche_event closed{sizeof closed, 0, 1, 0, "room.closed", "lobby", "", "{}"};
  table<veche_observer>(VECHE_EXT_OBSERVER).on_event(plugin_, &closed);
  run(5);
  EXPECT_EQ(decided_routes_[0].protection, VECHE_PROTECT_TWO | VECHE_PROTECT_RETRANSMIT)
      << "another room of that name begins with the server's settings";
}

TEST_F(AdaptivePlugin, ShowsWhatEachListenerGetsAndWhy) {
  sessions_[0].loss = 0.1F;
  sessions_[0].burst = 18;
  run(30);
  get(0, {"lobby"});
  EXPECT_EQ(fake_.status, 200U);
  JsonObject* room = answer();
  ASSERT_NE(room, nullptr) << fake_.answer;
  EXPECT_STREQ(json_object_get_string_member(room, "mode"), "all");
  JsonArray* listeners = json_object_get_array_member(room, "listeners");
  ASSERT_EQ(json_array_get_length(listeners), 2U);
  JsonObject* anna = json_array_get_object_element(listeners, 0);
  EXPECT_STREQ(json_object_get_string_member(anna, "participant"), "anna");
  EXPECT_STREQ(json_object_get_string_member(anna, "quality"), "fair");
  EXPECT_STREQ(json_object_get_string_member(anna, "reason"), "loss");
  EXPECT_DOUBLE_EQ(json_object_get_double_member(anna, "loss"), 0.1);
  JsonObject* slot = json_array_get_object_element(json_object_get_array_member(anna, "slots"), 0);
  EXPECT_STREQ(json_object_get_string_member(slot, "participant"), "boris");
  EXPECT_STREQ(json_object_get_string_member(slot, "gets"), "all");
  EXPECT_EQ(json_object_get_int_member(slot, "redundancy"), 2);
  EXPECT_EQ(json_object_get_int_member(slot, "price_bps"), 54'400);
  JsonObject* boris = json_array_get_object_element(listeners, 1);
  slot = json_array_get_object_element(json_object_get_array_member(boris, "slots"), 0);
  EXPECT_TRUE(json_object_get_null_member(slot, "redundancy")) << "what the publisher repeats";
  JsonArray* publishers = json_object_get_array_member(room, "publishers");
  ASSERT_EQ(json_array_get_length(publishers), 2U);
  EXPECT_EQ(json_object_get_int_member(json_array_get_object_element(publishers, 0), "track"),
            3000);
}

TEST_F(AdaptivePlugin, ShowsAMinuteOfAParticipant) {
  run(700);
  get(1, {"lobby", "boris"});
  EXPECT_EQ(fake_.status, 200U);
  JsonObject* boris = answer();
  ASSERT_NE(boris, nullptr) << fake_.answer;
  EXPECT_STREQ(json_object_get_string_member(boris, "quality"), "good");
  JsonArray* history = json_object_get_array_member(boris, "history");
  ASSERT_EQ(json_array_get_length(history), 60U);
  const auto time_of = [&](guint i) {
    return json_object_get_int_member(json_array_get_object_element(history, i), "time_unix_ms");
  };
  EXPECT_EQ(time_of(59) - time_of(0), 59'000);
}

TEST_F(AdaptivePlugin, KnowsRoomsAndParticipantsWithoutASession) {
  get(0, {"lobby"});
  EXPECT_EQ(fake_.status, 200U);
  get(1, {"lobby", "anna"});
  EXPECT_EQ(fake_.status, 200U);
  ASSERT_NE(answer(), nullptr) << fake_.answer;
  get(1, {"lobby", "vera"});
  EXPECT_EQ(fake_.status, 404U);
  EXPECT_EQ(fake_.answer, R"(room "lobby" has no participant "vera")");
  get(0, {"cellar"});
  EXPECT_EQ(fake_.status, 404U);
  EXPECT_EQ(fake_.answer, R"(there is no room "cellar")");
}

TEST_F(AdaptivePlugin, CountsWhatItDoes) {
  sessions_[0].loss = 0.1F;
  sessions_[1].queue_us = 100'000;
  run(30);
  EXPECT_EQ(fake_.metrics["protected_slots"].value, 1);
  EXPECT_EQ(fake_.metrics["limited_listeners"].value, 1);
  EXPECT_EQ(fake_.metrics["limits_total"].value, 1);
  EXPECT_EQ(fake_.metrics["fair_listeners"].value, 2);
  const auto& controller = table<veche_controller>(VECHE_EXT_AUDIO_CONTROLLER);
  for (const auto& session : sessions_) controller.forget_session(plugin_, session.session);
  controller.forget_room(plugin_, 7);
  EXPECT_EQ(fake_.metrics["protected_slots"].value, 0);
  EXPECT_EQ(fake_.metrics["limited_listeners"].value, 0);
  EXPECT_EQ(fake_.metrics["limits_total"].value, 1);
}

TEST_F(AdaptivePlugin, SaysOnceThatItSheds) {
  sessions_[0].lane_load = sessions_[1].lane_load = 0.87F;
  run(300);
  EXPECT_EQ(fake_.lines.size(), 2U);
  EXPECT_NE(fake_.lines.back().find("no redundancy"), std::string::npos) << fake_.lines.back();
  sessions_[0].lane_load = sessions_[1].lane_load = 0.2F;
  run(300);
  EXPECT_EQ(fake_.lines.size(), 3U);
  EXPECT_NE(fake_.lines.back().find("no lane is overloaded any more"), std::string::npos);
}

}  // namespace
