// SPDX-License-Identifier: Apache-2.0
// The part of the kit that sends events to an observer.
#include <vector>

#include "check.hpp"

namespace veche::tool {
namespace {

struct Told {
  const char *type, *participant;
  std::string data;
};

std::vector<Told> told() {
  return {{"room.created", "", "{}"},
          {"participant.joined", "ann", R"({"name":"Ann","metadata":{}})"},
          {"participant.joined", "~.-_", R"({"name":"\u0000\ud83d\ude00"})"},
          {"speaker.changed", "ann", R"({"dominant":"ann"})"},
          {"veche-plugin.no-such-event", "ann", R"({"unknown":[1,2,{"three":null}]})"},
          {"x", "", "{}"},
          {"room.updated", "", "{\"metadata\":{\"text\":\"" + std::string(16000, 'x') + "\"}}"},
          {"participant.left", "somebody-who-never-joined", "{}"},
          {"participant.left", "ann", R"({"reason":"left","duration_s":12})"},
          {"room.closed", "", "{}"},
          // After the end: an observer must survive events in an unexpected order.
          {"participant.left", "ann", "{}"}};
}

}  // namespace

void check_events(const Kit& kit) {
  const plugin::Candidate candidate = kit.examine();
  bool observes = false;
  for (const std::string& id : candidate.offers) observes |= id == VECHE_EXT_OBSERVER;
  if (!observes) return;
  kit.report.begin("events");
  struct {
    veche_event known;
    uint8_t newer[64];  // As a newer host would have it.
  } event{};
  plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
  if (!instance.start()) return;
  for (const Told& what : told()) {
    ++event.known.seq;
    event.known.struct_size = sizeof event;
    event.known.time_unix_ms = 1'700'000'000'000;
    event.known.type = what.type;
    event.known.room = "lobby";
    event.known.participant = what.participant;
    event.known.data = what.data.c_str();
    instance.on_event(event.known);
    kit.loop.iterate();
  }
  instance.stop();
  kit.report.ok("events: it survives known and unknown types and larger structs");
  check_hooks(kit, "events", instance);
  check_log(kit, "events");
}

}  // namespace veche::tool
