// SPDX-License-Identifier: Apache-2.0
// The part of the kit that asks a controller about synthetic rooms.
#include "check.hpp"
#include "synthetic_control.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kRounds = 500;

/// One room from its first session to its end; the fault, or "".
std::string run(room::Controller& controller, uint32_t seed) {
  SyntheticControl room(seed, controller.kind());
  std::string fault;
  for (uint32_t round = 0; round < kRounds && fault.empty(); ++round) {
    room.advance(controller);
    room.ask(controller);
    fault = room.find_fault();
  }
  room.end(controller);
  return fault;
}

}  // namespace

void check_controller(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const controller = instance.find<room::Controller>();
  if (!controller) return;
  kit.report.begin("controller");
  std::string fault;
  for (const uint32_t seed : {1u, 2u, 3u}) {
    if (fault.empty()) fault = run(*controller, seed);
  }
  kit.report.judge("controller: stays within its memory", fault);
  const uint64_t bad = instance.info().bad_decisions;
  kit.report.judge("controller: possible decisions",
                   bad > 0 ? std::to_string(bad) + " values in decisions are not possible" : "");
  instance.stop();
  check_hooks(kit, "controller", instance);
  check_log(kit, "controller");
}

}  // namespace veche::tool
