// SPDX-License-Identifier: Apache-2.0
// The part of the kit that lets a selector decide about synthetic rooms.
#include <thread>

#include "base/thread_role.hpp"
#include "check.hpp"
#include "lane_guard.hpp"
#include "media/selector.hpp"
#include "synthetic_room.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kTicks = 500;

/// Selectors get memory for larger rooms while they run.
constexpr uint32_t kMemoryTick = kTicks / 2;

struct RoomRun {
  std::unique_ptr<media::Selector::Memory> memory;  // Null: it needs none.
  std::unique_ptr<media::Selector::RoomState> state;
  SyntheticRoom room;
  std::string fault;
};

/// [lane]
void run(RoomRun& run, const media::Selector::Settings& settings) {
  const ActAs lane(ThreadRole::Lane);
  for (uint32_t tick = 0; tick < kTicks && run.fault.empty(); ++tick) {
    run.room.advance();
    {
      const LaneGuard guard;
      if (tick % 50 == 49) run.state->use_settings(settings);
      if (tick == kMemoryTick && run.memory) run.state->use_memory(*run.memory);
      run.state->select(run.room.view(), run.room.selection());
    }
    run.fault = run.room.find_fault();
  }
}

/// Two rooms of this shape at the same time; the fault, or "".
std::string try_shape(media::Selector& selector, const RoomShape& shape) {
  auto settings = selector.make_settings("{}");
  if (!settings) return settings.error().message;
  std::vector<RoomRun> runs;
  for (const uint32_t seed : {1u, 2u}) {
    auto opened = selector.open(**settings);
    if (!opened) return opened.error().message;
    auto memory = selector.make_memory(2 * media::Selector::kFirstCandidates);
    if (!memory) return memory.error().message;
    runs.push_back(
        {std::move(memory).value(), std::move(opened).value(), SyntheticRoom(shape, seed), ""});
  }
  std::thread lanes[] = {std::thread([&] { run(runs[0], **settings); }),
                         std::thread([&] { run(runs[1], **settings); })};
  for (std::thread& lane : lanes) lane.join();
  return runs[0].fault.empty() ? runs[1].fault : runs[0].fault;
}

}  // namespace

void check_selector(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const selector = instance.find<media::Selector>();
  if (!selector) return;
  reset_lane_violations();
  for (const RoomShape& shape :
       {RoomShape{1, 0, false}, {1, 3, false}, {3, 3, false}, {40, 6, false}, {20, 9, true}}) {
    const std::string part = "selector: " + std::to_string(shape.participants) +
                             " participants with " + std::to_string(shape.slots) + " slots" +
                             (shape.strange ? ", unknown kinds and flags" : "");
    kit.report.begin(part);
    kit.report.judge(part + ": legal", try_shape(*selector, shape));
  }
  if (lane_guard_works())
    kit.report.judge("selector: no allocation, free, lock or system call",
                     lane_violations(kit.options.file));
  const uint64_t strayed = instance.info().wrong_thread;
  kit.report.judge("selector: calls no host service",
                   strayed > 0 ? std::to_string(strayed) + " calls on a lane" : "");
  instance.stop();
  check_hooks(kit, "selector", instance);
  check_log(kit, "selector");
}

}  // namespace veche::tool
