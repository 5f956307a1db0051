// SPDX-License-Identifier: Apache-2.0
// The part of the kit that asks a controller about synthetic sessions.
#include <array>
#include <random>

#include "check.hpp"
#include "room/controller.hpp"

namespace veche::tool {
namespace {

constexpr uint32_t kRounds = 500;
constexpr uint32_t kMaxRoutes = 16;
constexpr uint32_t kUntouched = 0xa5a5a5a5;

/// One session over time; the fault, or "".
std::string run(room::Controller& controller, uint64_t session) {
  std::mt19937 random(static_cast<uint32_t>(session));
  const auto below = [&](uint32_t limit) { return static_cast<uint32_t>(random() % limit); };
  struct {
    veche_session_view known;
    uint8_t newer[64];  // As a newer host would have it.
  } view{};
  view.known.now_ns = 1'000'000'000;
  for (uint32_t round = 0; round < kRounds; ++round) {
    std::array<veche_controlled_route, kMaxRoutes> routes{};
    const uint32_t count = below(kMaxRoutes + 1);
    for (uint32_t i = 0; i < count; ++i)
      routes[i] = {1'000'000 + i, 1000 + i, i % 3 + 1, i, below(100'000), 0};
    std::array<uint32_t, kMaxRoutes + 1> targets{};
    targets[count] = kUntouched;
    view.known = {sizeof view,
                  count,
                  session,
                  1,
                  view.known.now_ns + 100'000'000,
                  below(500'000),
                  below(50'000),
                  static_cast<float>(below(101)) / 100,
                  static_cast<float>(below(101)) / 100,
                  below(3'000'000),
                  below(100'000),
                  below(2) * below(3'000'000),
                  0,
                  routes.data()};
    veche_session_targets decided{sizeof decided, 0, targets.data(), {}};
    controller.control(view.known, decided);
    if (targets[count] != kUntouched) return "it wrote behind the end of the targets";
    if (decided.hint.fec_percent > 100)
      return "fec_percent is " + std::to_string(decided.hint.fec_percent);
  }
  controller.forget(SessionId{session});
  return {};
}

}  // namespace

void check_controller(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  auto* const controller = instance.find<room::Controller>();
  if (!controller) return;
  kit.report.begin("controller");
  std::string fault;
  for (const uint64_t session : {5001u, 5002u, 5003u}) {
    if (fault.empty()) fault = run(*controller, session);
  }
  kit.report.judge("controller: stays within its memory", fault);
  const uint64_t bad = instance.info().bad_targets;
  kit.report.judge("controller: known targets",
                   bad > 0 ? std::to_string(bad) + " targets are unknown" : "");
  instance.stop();
  check_hooks(kit, "controller", instance);
  check_log(kit, "controller");
}

}  // namespace veche::tool
