// SPDX-License-Identifier: Apache-2.0
// The part of the kit that asks a packet policy about synthetic packets.
#include <array>
#include <cstring>
#include <random>
#include <thread>

#include "base/thread_role.hpp"
#include "check.hpp"
#include "lane_guard.hpp"
#include "media/selector.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kBatches = 2000;
constexpr uint32_t kMaxBatch = 64;
constexpr uint8_t kUntouched = 0xa5;
constexpr uint32_t kVoice =
    VECHE_PACKET_FRAME_START | VECHE_PACKET_FRAME_END | VECHE_PACKET_KEY_FRAME;

/// A route with memory as the host gives it, followed by a guard that must not change.
struct RouteRun {
  explicit RouteRun(uint32_t seed) : random(seed) {}

  std::mt19937 random;
  std::string fault;
  alignas(16) std::array<uint8_t, media::PacketPolicy::kMaxStateSize + 16> state{};
  std::array<veche_packet, kMaxBatch> packets{};
  std::array<uint32_t, kMaxBatch + 1> verdicts{};
};

/// The next packets of the route; some repeat, some are missing, some are of the pre-roll.
uint32_t next_batch(RouteRun& run, veche_route& route, uint32_t& sequence) {
  const uint32_t count = 1 + run.random() % (run.random() % 10 == 0 ? kMaxBatch : 4);
  route.now_ns += 20'000'000;
  for (uint32_t i = 0; i < count; ++i) {
    veche_packet& packet = run.packets[i];
    sequence += run.random() % 20 == 0 ? 5 : 1;
    packet.sequence = run.random() % 20 == 0 ? sequence - 3 : sequence;
    packet.timestamp = packet.sequence * 960;  // Wraps around.
    packet.arrival_ns = route.now_ns - static_cast<int64_t>(run.random() % 80) * 1'000'000;
    packet.size = run.random() % 1200;
    packet.flags = (run.random() % 8 == 0 ? VECHE_PACKET_PREROLL : 0) |
                   (run.random() % 8 == 0 ? VECHE_PACKET_MARKER : 0) |
                   (run.random() % 8 == 0 ? 0xfff00000u : 0) | kVoice;
    packet.level = static_cast<uint8_t>(run.random() % 128);
  }
  return count;
}

/// [lane]
void run(RouteRun& run, media::PacketPolicy& policy) {
  veche_route route{};
  route.struct_size = sizeof route;
  route.kind = VECHE_KIND_AUDIO;
  route.session = 5000;
  route.clock_rate = 48000;
  route.now_ns = 1'000'000'000;
  const ActAs lane(ThreadRole::Lane);
  uint32_t sequence = 0xffffff00;
  for (uint32_t batch = 0; batch < kBatches && run.fault.empty(); ++batch) {
    if (batch % 100 == 0) {
      // Another track fills the slot.
      ++route.generation;
      route.track = 1'000'000 + batch;
      run.state.fill(kUntouched);
      memset(run.state.data(), 0, policy.state_size());
    }
    const uint32_t count = next_batch(run, route, sequence);
    run.verdicts[count] = kUntouched;
    {
      const LaneGuard guard;
      policy.decide(policy.state_size() > 0 ? run.state.data() : nullptr, route, run.packets.data(),
                    count, run.verdicts.data());
    }
    if (run.verdicts[count] != kUntouched) run.fault = "it wrote behind the end of the verdicts";
    for (size_t i = policy.state_size(); i < run.state.size(); ++i) {
      if (run.state[i] != kUntouched) run.fault = "it wrote behind the end of its state";
    }
  }
}

}  // namespace

void check_packet_policy(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const policy = instance.find<media::PacketPolicy>();
  if (!policy) return;
  kit.report.begin("packet policy");
  reset_lane_violations();
  RouteRun runs[] = {RouteRun(1), RouteRun(2)};
  std::thread lanes[] = {std::thread([&] { run(runs[0], *policy); }),
                         std::thread([&] { run(runs[1], *policy); })};
  for (std::thread& lane : lanes) lane.join();
  kit.report.judge("packet policy: stays within its memory",
                   runs[0].fault.empty() ? runs[1].fault : runs[0].fault);
  const uint64_t bad = instance.info().bad_verdicts;
  kit.report.judge(
      "packet policy: valid verdicts",
      bad > 0 ? std::to_string(bad) + " packets got another verdict than drop or forward" : "");
  if (lane_guard_works())
    kit.report.judge("packet policy: no allocation, free, lock or system call",
                     lane_violations(kit.options.file));
  const uint64_t strayed = instance.info().wrong_thread;
  kit.report.judge("packet policy: calls no host service",
                   strayed > 0 ? std::to_string(strayed) + " calls on a lane" : "");
  instance.stop();
  check_hooks(kit, "packet policy", instance);
  check_log(kit, "packet policy");
}

}  // namespace veche::tool
