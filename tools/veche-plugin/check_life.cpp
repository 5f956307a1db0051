// SPDX-License-Identifier: Apache-2.0
// The part of the kit that starts and stops the plugin many times.
#include "check.hpp"
#include "client_input.hpp"
#include "lane_guard.hpp"
#include "media/selector.hpp"
#include "process_state.hpp"
#include "room/room_settings.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kWarmUp = 20;
constexpr double kSlowHookMs = 100;

/// One life, with one room if the plugin selects, or has settings for rooms; one participant joins,
/// and one client sends a message.
Status live_once(const Kit& kit) {
  std::unique_ptr<media::Selector::Settings> settings;
  std::unique_ptr<media::Selector::RoomState> room;
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (auto started = instance.start(); !started) return started;
  if (auto* selector = instance.find<media::Selector>()) {
    if (auto made = selector->make_settings("{}"); made) settings = *std::move(made);
    if (settings) {
      if (auto opened = selector->open(*settings); opened) room = *std::move(opened);
    }
  }
  if (auto* parts = instance.find<room::RoomSettings>()) {
    parts->changed("lobby", parts->complete("{}").value());
  }
  use_once(instance);
  room.reset();
  settings.reset();
  kit.loop.iterate();
  instance.stop();
  kit.loop.iterate();
  return Ok{};
}

/// A sentence if the count has grown by more than `tolerated`.
template <class Count>
std::string growth(const char* what, Count before, Count after, uint32_t cycles,
                   int64_t tolerated) {
  if (static_cast<int64_t>(after) - static_cast<int64_t>(before) <= tolerated) return {};
  return std::to_string(after - before) + " more " + what + " after " + std::to_string(cycles) +
         " lives";
}

/// The slowest control hook of one life, if it is too slow.
std::string slow_hook(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return {};
  use_once(instance);
  instance.stop();
  for (const plugin::HookInfo& hook : instance.info().hooks) {
    const double ms = static_cast<double>(hook.max_ns) / 1e6;
    if (ms > kSlowHookMs)
      return hook.name + " takes " + std::to_string(ms) + " ms, and the server waits";
  }
  return {};
}

}  // namespace

void check_life(const Kit& kit) {
  kit.report.begin("1,000 lives");
  const uint32_t cycles = kit.options.cycles;
  for (uint32_t i = 0; i < kWarmUp; ++i) {
    if (auto lived = live_once(kit); !lived) {
      kit.report.fail("started again: " + lived.error().message);
      return;
    }
  }
  const ProcessState before = read_process_state();
  const int64_t memory = live_allocations();
  std::string failure;
  for (uint32_t i = 0; i < cycles && failure.empty(); ++i) {
    if (auto lived = live_once(kit); !lived) failure = lived.error().message;
    kit.report.take_log();
  }
  const int64_t memory_after = live_allocations();
  const ProcessState after = read_process_state();
  const std::string part = "started and stopped " + std::to_string(cycles) + " times: ";
  kit.report.judge(part + "always succeeds", failure);
  if (lane_guard_works()) {
    // The server itself accounts for less than one for ten lives.
    kit.report.judge(part + "memory",
                     growth("pieces of memory", memory, memory_after, cycles, cycles / 10));
  }
  kit.report.judge(part + "descriptors",
                   growth("descriptors", before.descriptors, after.descriptors, cycles, 0));
  kit.report.judge(part + "threads",
                   growth("threads", before.threads.size(), after.threads.size(), cycles, 0));
  const std::string changes = find_changes(kit.process_before, after);
  kit.report.judge("the process is as before it was opened",
                   changes.empty() ? "" : "changed: " + changes);
  kit.report.judge("control hooks take at most " + std::to_string(static_cast<int>(kSlowHookMs)) +
                       " ms here (5 ms is what they have)",
                   slow_hook(kit));
  check_log(kit, "start and stop");
}

}  // namespace veche::tool
