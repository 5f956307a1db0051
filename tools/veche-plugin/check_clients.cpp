// SPDX-License-Identifier: Apache-2.0
// The parts of the kit that let participants join, and send a plugin what clients send.
#include <algorithm>
#include <functional>

#include "check.hpp"
#include "client_input.hpp"
#include "hook_spy.hpp"
#include "schema_variants.hpp"

namespace veche::tool {
namespace {

constexpr int kFlood = 1000;
constexpr int kStops = 20;

struct Growth {
  int64_t threads = 0, descriptors = 0;
};

/// How much more there is after some lives, each of which ends while all that `use` has begun is
/// under way.
Result<Growth> grow(const Kit& kit, const std::function<void(plugin::PluginInstance&)>& use) {
  const ProcessState before = read_process_state();
  for (int i = 0; i < kStops; ++i) {
    plugin::PluginInstance instance(kit.loop, kit.surroundings, kit.examine());
    if (const auto started = instance.start(); !started) return started.error();
    use(instance);
    instance.stop();
    while (kit.loop.iterate()) {
    }
  }
  const ProcessState after = read_process_state();
  // Threads of an earlier check may end meanwhile. A count would set them off against new ones.
  const auto begun = std::ranges::count_if(
      after.threads, [&](const std::string& id) { return !before.threads.contains(id); });
  const auto opened =
      static_cast<int64_t>(after.descriptors) - static_cast<int64_t>(before.descriptors);
  return Growth{begun, std::max<int64_t>(opened, 0)};
}

/// What use leaves behind, beyond what a life does by itself; "" if nothing.
std::string find_remains(const Kit& kit, const std::function<void(plugin::PluginInstance&)>& use) {
  const auto idle = grow(kit, [](plugin::PluginInstance&) {});
  const auto used = grow(kit, use);
  if (!idle || !used) return (idle ? used : idle).error().message;
  const int64_t threads = used->threads - idle->threads;
  const int64_t descriptors = used->descriptors - idle->descriptors;
  if (threads > 0) return std::to_string(threads) + " threads go on";
  return descriptors > 0 ? std::to_string(descriptors) + " descriptors are open" : "";
}

std::string count(uint32_t taken, uint32_t refused, const char* done) {
  return std::to_string(taken) + " " + done + ", " + std::to_string(refused) + " refused";
}

}  // namespace

void check_admission(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, watch_hooks(kit.examine()));
  if (!instance.start()) return;
  auto* const door = instance.find<plugin::AdmissionAdapter>();
  if (!door) return;
  kit.report.begin("admission");
  uint32_t admitted = 0, refused = 0;
  for (const Guest& guest : make_guests()) {
    guest.ask(*door) ? ++admitted : ++refused;
    kit.loop.iterate();
  }
  kit.report.judge("admission: possible answers (" + count(admitted, refused, "admitted") + ")",
                   take_hook_fault());
  instance.stop();
  kit.report.judge("admission: leaves nothing when it is stopped at once",
                   find_remains(kit, [](plugin::PluginInstance& running) {
                     auto& asked = *running.find<plugin::AdmissionAdapter>();
                     for (const Guest& guest : make_guests()) static_cast<void>(guest.ask(asked));
                   }));
  check_hooks(kit, "admission", instance);
  check_log(kit, "admission");
}

void check_client_messages(const Kit& kit) {
  plugin::PluginInstance instance(kit.loop, kit.surroundings, watch_hooks(kit.examine()));
  if (!instance.start()) return;
  auto* const taker = instance.find<plugin::ClientMessagesAdapter>();
  if (!taker) return;
  kit.report.begin("client messages");
  const char* const schema = message_schema(instance.candidate());
  const std::vector<std::string> messages = make_messages(schema);
  if (schema && !make_fitting(schema)) {
    kit.report.skip("client messages: no message can be made from the schema");
  }
  uint32_t taken = 0, refused = 0;
  const auto send = [&](const char* room, const char* sender, uint64_t number,
                        const std::string& json) {
    taker->take_message(room, sender, ParticipantId{number}, json) ? ++taken : ++refused;
  };
  for (const std::string& message : messages) {
    send("lobby", "ann", 1, message);
    send("~.-_", "~.-_", UINT64_MAX, message);
    kit.loop.iterate();
  }
  for (int i = 0; i < kFlood; ++i) send("lobby", "ann", 1, messages.front());
  while (kit.loop.iterate()) {
  }
  kit.report.judge("client messages: possible answers (" + count(taken, refused, "taken") + ")",
                   take_hook_fault());
  instance.stop();
  kit.report.judge(
      "client messages: leaves nothing when it is stopped at once",
      find_remains(kit, [&messages](plugin::PluginInstance& running) {
        auto& sent = *running.find<plugin::ClientMessagesAdapter>();
        for (const std::string& message : messages) {
          static_cast<void>(sent.take_message("lobby", "ann", ParticipantId{1}, message));
        }
      }));
  check_hooks(kit, "client messages", instance);
  check_log(kit, "client messages");
}

}  // namespace veche::tool
