// SPDX-License-Identifier: Apache-2.0
// A plugin that does what plugins must not: it throws at every event, gives verdicts that do not
// exist, and is slow.
#include <time.h>
#include <veche/observer.h>
#include <veche/packet_policy.h>

#include <cstring>
#include <stdexcept>

struct veche_plugin {
  unsigned calls = 0;
};

namespace {

constexpr unsigned kNonsense = 77;
constexpr long kSlowNs = 2'000'000;

veche_plugin instance;

void on_event(veche_plugin*, const veche_event*) {
  throw std::runtime_error("I never wanted this");
}

void decide(veche_plugin* self, void*, const veche_route*, const veche_packet*, uint32_t count,
            uint32_t /*stride*/, uint32_t* verdicts) {
  const unsigned call = __atomic_add_fetch(&self->calls, 1, __ATOMIC_RELAXED);
  for (uint32_t i = 0; i < count; ++i) {
    verdicts[i] = call % 50 == 0 ? kNonsense : VECHE_VERDICT_FORWARD;
  }
  if (call % 100 != 0) return;
  const timespec pause{0, kSlowNs};
  nanosleep(&pause, nullptr);
}

constexpr veche_observer kObserver = {sizeof(veche_observer), 0, on_event};
constexpr veche_packet_policy kPolicy = {sizeof(veche_packet_policy), 0, decide};

const void* get_extension(const char* id) {
  if (std::strcmp(id, VECHE_EXT_OBSERVER) == 0) return &kObserver;
  return std::strcmp(id, VECHE_EXT_PACKET_POLICY) == 0 ? &kPolicy : nullptr;
}

const char* const kNeeds[] = {nullptr};
const char* const kOffers[] = {VECHE_EXT_OBSERVER, VECHE_EXT_PACKET_POLICY, nullptr};

}  // namespace

const veche_plugin_entry veche_plugin_entry_1 = {
    .struct_size = sizeof(veche_plugin_entry),
    .abi_minor = VECHE_ABI_MINOR,
    .id = "org.example.trouble",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .summary = "Does what plugins must not do.",
    .config_schema = nullptr,
    .needs = kNeeds,
    .offers = kOffers,
    .create = [](const veche_host*, veche_error*) { return &instance; },
    .start = [](veche_plugin*, veche_error*) -> veche_status { return VECHE_OK; },
    .stop = [](veche_plugin*) {},
    .destroy = [](veche_plugin*) {},
    .get_extension = get_extension,
};
