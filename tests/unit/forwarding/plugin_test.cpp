// SPDX-License-Identifier: Apache-2.0
// The plugin through its C tables, as a host calls them, with a guard that counts allocations in
// lane hooks.
#include <gtest/gtest.h>
#include <veche/host.h>
#include <veche/packet_policy.h>
#include <veche/plugin.h>
#include <veche/selector.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "../allocations.hpp"

namespace {

using veche::test::allocations;

/// What the fake host offers and has seen.
struct FakeHost {
  std::map<std::string, int64_t> values = {{"/max_speakers", 3},
                                           {"/noise_gate_dbov", -60},
                                           {"/hangover_ms", 500},
                                           {"/preroll_ms", 300},
                                           {"/slots_per_participant", 1}};
  std::vector<std::string> lines;
  bool has_config = true;
};
FakeHost* fake = nullptr;

void write_log(const veche_host* /*host*/, uint32_t /*level*/, const char* message) {
  fake->lines.emplace_back(message);
}

veche_status get_integer(const veche_host* /*host*/, const char* pointer, int64_t* value) {
  const auto found = fake->values.find(pointer);
  if (found == fake->values.end()) return VECHE_E_INVALID;
  *value = found->second;
  return VECHE_OK;
}

const veche_log kLog = {.struct_size = sizeof(veche_log), .write = write_log};
const veche_config kConfig = {.struct_size = sizeof(veche_config),
                              .get_integer = get_integer,
                              .get_number = nullptr,
                              .get_boolean = nullptr,
                              .get_string = nullptr,
                              .get_json = nullptr};

const void* get_extension(const veche_host* /*host*/, const char* id) {
  if (std::strcmp(id, VECHE_HOST_LOG) == 0) return &kLog;
  if (std::strcmp(id, VECHE_HOST_CONFIG) == 0 && fake->has_config) return &kConfig;
  return nullptr;
}

const veche_host kHost = {.struct_size = sizeof(veche_host),
                          .abi_minor = VECHE_ABI_MINOR,
                          .get_extension = get_extension};

class ForwardingPlugin : public testing::Test {
 protected:
  ForwardingPlugin() { fake = &fake_; }
  ~ForwardingPlugin() override {
    if (plugin_ != nullptr) entry_.destroy(plugin_);
  }
  ForwardingPlugin(const ForwardingPlugin&) = delete;
  ForwardingPlugin& operator=(const ForwardingPlugin&) = delete;

  bool create() {
    plugin_ = entry_.create(&kHost, &error_);
    return plugin_ != nullptr;
  }
  static const veche_selector& selector() {
    return *static_cast<const veche_selector*>(
        veche_plugin_entry_1.get_extension(VECHE_EXT_SELECTOR));
  }
  static const veche_packet_policy& policy() {
    return *static_cast<const veche_packet_policy*>(
        veche_plugin_entry_1.get_extension(VECHE_EXT_PACKET_POLICY));
  }

  const veche_plugin_entry& entry_ = veche_plugin_entry_1;
  FakeHost fake_;
  veche_plugin* plugin_ = nullptr;
  veche_error error_ = {
      .struct_size = sizeof(veche_error), .code = 0, .message = "", .pointer = ""};
};

TEST_F(ForwardingPlugin, EntrySaysWhatItIs) {
  EXPECT_EQ(entry_.struct_size, sizeof(veche_plugin_entry));
  EXPECT_EQ(entry_.abi_minor, VECHE_ABI_MINOR);
  EXPECT_STREQ(entry_.id, "org.veche.forwarding");
  EXPECT_STREQ(entry_.version, "0.1.0");
  EXPECT_STREQ(entry_.license, "Apache-2.0");
  EXPECT_NE(entry_.summary, nullptr);
  EXPECT_NE(entry_.config_schema, nullptr);
  EXPECT_STREQ(entry_.needs[0], VECHE_HOST_LOG);
  EXPECT_STREQ(entry_.needs[1], VECHE_HOST_CONFIG);
  EXPECT_EQ(entry_.needs[2], nullptr);
  for (const char* const* id = entry_.offers; *id != nullptr; ++id)
    EXPECT_NE(entry_.get_extension(*id), nullptr) << *id;
  EXPECT_EQ(entry_.get_extension("veche.selector/1"), nullptr);
  EXPECT_EQ(selector().struct_size, sizeof(veche_selector));
  EXPECT_LE(policy().state_size, 256U);
}

TEST_F(ForwardingPlugin, LogsItsSettingsOnceAtTheStart) {
  fake_.values["/max_speakers"] = 7;
  ASSERT_TRUE(create()) << error_.message;
  EXPECT_TRUE(fake_.lines.empty());
  EXPECT_EQ(entry_.start(plugin_, &error_), VECHE_OK);
  ASSERT_EQ(fake_.lines.size(), 1U);
  EXPECT_NE(fake_.lines[0].find("up to 7 speakers, pre-roll 300 ms"), std::string::npos)
      << fake_.lines[0];
  entry_.stop(plugin_);
}

TEST_F(ForwardingPlugin, RefusesAHostWithoutConfiguration) {
  fake_.has_config = false;
  EXPECT_FALSE(create());
  EXPECT_EQ(error_.code, VECHE_E_UNSUPPORTED);
  EXPECT_STREQ(error_.message, "needs the host services veche.log/1 and veche.config/1");
}

TEST_F(ForwardingPlugin, RefusesSettingsThatAHostShouldNotHaveLetThrough) {
  fake_.values["/max_speakers"] = 17;
  EXPECT_FALSE(create());
  EXPECT_EQ(error_.code, VECHE_E_INVALID);
  EXPECT_STREQ(error_.message, "/max_speakers: the host gave no integer from 1 to 16");
  fake_.values.erase("/max_speakers");
  EXPECT_FALSE(create());
}

/// What a room says, as the host hands it over.
struct RoomValues {
  explicit RoomValues(int64_t max_speakers) : max_speakers_(max_speakers) {
    table.struct_size = sizeof table;
    table.get_integer = [](const veche_values* values, const char* pointer, int64_t* value) {
      if (std::string_view(pointer) != "/max_speakers") return VECHE_E_INVALID;
      *value = reinterpret_cast<const RoomValues*>(values)->max_speakers_;
      return VECHE_OK;
    };
  }

  veche_values table{};  // First: the plugin's pointer leads here.
  int64_t max_speakers_;
};

/// A room in which all participants talk, and one call after another.
struct TalkativeRoom {
  explicit TalkativeRoom(uint32_t people) {
    for (uint32_t i = 0; i < people; ++i) {
      veche_candidate candidate{};
      candidate.track = 100 + i;
      candidate.participant = 1000 + i;
      candidate.kind = VECHE_KIND_AUDIO;
      candidates.push_back(candidate);
      veche_listener listener{};
      listener.session = 5000 + i;
      listener.participant = 1000 + i;
      listener.first_slot = 4 * i;
      listener.slot_count = 4;
      listener.first_preference = i;
      listener.preference_count = 1;
      listeners.push_back(listener);
      preferences.push_back({1000 + (i + 1) % people, VECHE_PREFER_PINNED << (i % 2), 0});
    }
    slots.assign(people * size_t{4}, veche_slot{0, VECHE_KIND_AUDIO, 0});
    speaking.assign(people, 0);
    selection.struct_size = sizeof selection;
    selection.slots = slots.data();
    selection.speaking = speaking.data();
    view.struct_size = sizeof view;
    view.candidate_stride = sizeof(veche_candidate);
    view.listener_stride = sizeof(veche_listener);
    view.preference_stride = sizeof(veche_preference);
    view.slot_stride = sizeof(veche_slot);
    view.now_ns = 1'000'000'000;
    view.listeners = listeners.data();
    view.listener_count = people;
    view.preferences = preferences.data();
    view.preference_count = people;
    view.slot_count = 4 * people;
  }

  void select(veche_selector_room* room, const veche_selector& selector) {
    view.now_ns += 20'000'000;
    ++ticks;
    // People join and leave.
    view.candidates = candidates.data() + ticks % 2;
    view.candidate_count = static_cast<uint32_t>(candidates.size() - ticks % 2);
    for (size_t i = 0; i < candidates.size(); ++i) {
      candidates[i].packets = 1;
      candidates[i].last_packet_ns = view.now_ns;
      candidates[i].level = static_cast<uint8_t>((ticks / 30 + i) % 3 == 0 ? 127 : 25);
    }
    selector.select(room, &view, &selection);
  }

  std::vector<veche_candidate> candidates;
  std::vector<veche_listener> listeners;
  std::vector<veche_preference> preferences;
  std::vector<veche_slot> slots;
  std::vector<uint8_t> speaking;
  veche_room_view view{};
  veche_selection selection{};
  size_t ticks = 0;
};

TEST_F(ForwardingPlugin, SelectsWithoutAnyAllocationByTheSettingsOfTheRoom) {
  fake_.values["/max_speakers"] = 4;
  ASSERT_TRUE(create());
  const RoomValues of_room(1);
  veche_selector_settings* one = selector().make_settings(plugin_, &of_room.table, &error_);
  veche_selector_settings* four = selector().make_settings(plugin_, nullptr, &error_);
  ASSERT_TRUE(one != nullptr && four != nullptr) << "a room's own, and the plugin's";
  veche_selector_room* room = selector().open(plugin_, one, &error_);
  ASSERT_NE(room, nullptr);
  veche_selector_memory* memory = selector().make_memory(plugin_, 1024, &error_);
  ASSERT_NE(memory, nullptr);
  TalkativeRoom people(100);
  size_t filled = 0;
  const int before = allocations();
  for (int i = 0; i < 500; ++i) {
    people.select(room, selector());
    if (i == 100) memory = selector().use_memory(room, memory);
    if (i == 250) selector().use_settings(room, four);
    if (i == 249 || i == 499) {
      for (const veche_slot& slot : people.slots) filled += slot.track != 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(allocations(), before);
  EXPECT_EQ(filled, 100U * 1 + 100U * 4);
  EXPECT_NE(people.selection.dominant, 0U);
  selector().free_memory(plugin_, memory);
  selector().close(plugin_, room);
  selector().free_settings(plugin_, one);
  selector().free_settings(plugin_, four);
}

TEST_F(ForwardingPlugin, DecidesWithoutAnyAllocation) {
  ASSERT_TRUE(create());
  alignas(16) unsigned char state[256] = {};
  veche_route route{};
  route.struct_size = sizeof route;
  route.kind = VECHE_KIND_AUDIO;
  route.now_ns = 1'000'000'000;
  veche_packet packets[3] = {};
  for (veche_packet& packet : packets) packet.arrival_ns = route.now_ns;
  packets[0].flags = packets[1].flags = VECHE_PACKET_PREROLL;
  packets[0].level = packets[1].level = 127;
  uint32_t verdicts[3] = {};
  const int before = allocations();
  policy().decide(plugin_, state, &route, packets, 3, sizeof(veche_packet), verdicts);
  EXPECT_EQ(allocations(), before);
  EXPECT_EQ(verdicts[0], VECHE_VERDICT_DROP);
  EXPECT_EQ(verdicts[1], VECHE_VERDICT_DROP);
  EXPECT_EQ(verdicts[2], VECHE_VERDICT_FORWARD);
}

TEST_F(ForwardingPlugin, ReplaysNothingIfPrerollIsOff) {
  fake_.values["/preroll_ms"] = 0;
  ASSERT_TRUE(create());
  alignas(16) unsigned char state[256] = {};
  veche_route route{};
  route.kind = VECHE_KIND_AUDIO;
  route.now_ns = 1'000'000'000;
  veche_packet packet{};
  packet.arrival_ns = route.now_ns;
  packet.flags = VECHE_PACKET_PREROLL;
  packet.level = 20;
  uint32_t verdict = 0;
  policy().decide(plugin_, state, &route, &packet, 1, sizeof packet, &verdict);
  EXPECT_EQ(verdict, VECHE_VERDICT_DROP);
}

}  // namespace
