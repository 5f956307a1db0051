// SPDX-License-Identifier: Apache-2.0
// The glue: puts the selection and the pre-roll behind the tables of the plugin interface.
#include <veche/host.h>
#include <veche/packet_policy.h>
#include <veche/plugin.h>
#include <veche/room_settings.h>
#include <veche/selector.h>

#include <cstdio>
#include <cstring>
#include <new>

#include "forwarding/preroll.hpp"
#include "forwarding/room_selector.hpp"
#include "forwarding/settings.hpp"
#include "forwarding/voice_activity.hpp"

using veche::forwarding::kConfigSchema;
using veche::forwarding::kRoomSchema;
using veche::forwarding::kSettingSpecs;
using veche::forwarding::PrerollState;
using veche::forwarding::PrerollTuning;
using veche::forwarding::RoomSelector;
using veche::forwarding::Settings;
using veche::forwarding::SettingSpec;
using veche::forwarding::TableMemory;

struct veche_plugin {
  const veche_host* host = nullptr;
  const veche_log* log = nullptr;
  Settings settings;
  PrerollTuning preroll;
};

struct veche_selector_settings {
  Settings values;
};

struct veche_selector_room {
  RoomSelector selector;
};

struct veche_selector_memory {
  TableMemory memory;
};

namespace {

void set_error(veche_error* error, veche_status code, const char* message) {
  if (error == nullptr || !VECHE_HAS(error, veche_error, message)) return;
  error->code = code;
  std::snprintf(error->message, sizeof error->message, "%s", message);
}

bool read_settings(const veche_host* host, const veche_config& config, Settings& settings,
                   veche_error* error) {
  for (const SettingSpec& spec : kSettingSpecs) {
    char pointer[64];
    std::snprintf(pointer, sizeof pointer, "/%s", spec.key);
    int64_t value = 0;
    const bool valid = config.get_integer(host, pointer, &value) == VECHE_OK &&
                       value >= spec.minimum && value <= spec.maximum;
    if (!valid) {
      char message[160];
      std::snprintf(message, sizeof message, "%s: the host gave no integer from %d to %d", pointer,
                    static_cast<int>(spec.minimum), static_cast<int>(spec.maximum));
      set_error(error, VECHE_E_INVALID, message);
      return false;
    }
    settings.*spec.member = static_cast<int32_t>(value);
  }
  return true;
}

veche_plugin* create(const veche_host* host, veche_error* error) {
  const auto* log = static_cast<const veche_log*>(host->get_extension(host, VECHE_HOST_LOG));
  const auto* config =
      static_cast<const veche_config*>(host->get_extension(host, VECHE_HOST_CONFIG));
  if (log == nullptr || config == nullptr) {
    set_error(error, VECHE_E_UNSUPPORTED,
              "needs the host services " VECHE_HOST_LOG " and " VECHE_HOST_CONFIG);
    return nullptr;
  }
  Settings settings;
  if (!read_settings(host, *config, settings, error)) return nullptr;
  auto* self = new (std::nothrow)
      veche_plugin{.host = host, .log = log, .settings = settings, .preroll = {}};
  if (self == nullptr) {
    set_error(error, VECHE_E_EXHAUSTED, "out of memory");
    return nullptr;
  }
  self->preroll = {.length_ns = veche::forwarding::ms_to_ns(settings.preroll_ms),
                   .gate_loudness = veche::forwarding::loudness_of_dbov(settings.noise_gate_dbov)};
  return self;
}

veche_status start(veche_plugin* self, veche_error* /*error*/) {
  char line[160];
  std::snprintf(
      line, sizeof line, "up to %d speakers, pre-roll %d ms, noise gate %d dBov, hangover %d ms",
      static_cast<int>(self->settings.max_speakers), static_cast<int>(self->settings.preroll_ms),
      static_cast<int>(self->settings.noise_gate_dbov),
      static_cast<int>(self->settings.hangover_ms));
  self->log->write(self->host, VECHE_LOG_INFO, line);
  return VECHE_OK;
}

void stop(veche_plugin* /*self*/) {}

void destroy(veche_plugin* self) { delete self; }

veche_selector_settings* make_settings(veche_plugin* self, const veche_values* overrides,
                                       veche_error* error) {
  Settings values = self->settings;
  for (const SettingSpec& spec : kSettingSpecs) {
    char pointer[64];
    std::snprintf(pointer, sizeof pointer, "/%s", spec.key);
    int64_t value = 0;
    const bool is_given = overrides != nullptr && spec.per_room &&
                          overrides->get_integer(overrides, pointer, &value) == VECHE_OK;
    if (is_given) values.*spec.member = static_cast<int32_t>(value);
  }
  auto* settings = new (std::nothrow) veche_selector_settings{values};
  if (settings == nullptr) set_error(error, VECHE_E_EXHAUSTED, "out of memory");
  return settings;
}

void free_settings(veche_plugin* /*self*/, veche_selector_settings* settings) { delete settings; }

veche_selector_room* open_room(veche_plugin* /*self*/, const veche_selector_settings* settings,
                               veche_error* error) {
  try {
    return new veche_selector_room{RoomSelector(settings->values)};
  } catch (const std::bad_alloc&) {
    set_error(error, VECHE_E_EXHAUSTED, "out of memory");
    return nullptr;
  }
}

void close_room(veche_plugin* /*self*/, veche_selector_room* room) { delete room; }

void use_settings(veche_selector_room* room, const veche_selector_settings* settings) {
  room->selector.use_settings(settings->values);
}

void select(veche_selector_room* room, const veche_room_view* view, veche_selection* selection) {
  room->selector.select(*view, *selection);
}

veche_selector_memory* make_memory(veche_plugin* /*self*/, uint32_t candidate_count,
                                   veche_error* error) {
  try {
    return new veche_selector_memory{TableMemory(candidate_count)};
  } catch (const std::bad_alloc&) {
    set_error(error, VECHE_E_EXHAUSTED, "out of memory");
    return nullptr;
  }
}

void free_memory(veche_plugin* /*self*/, veche_selector_memory* memory) { delete memory; }

veche_selector_memory* use_memory(veche_selector_room* room, veche_selector_memory* memory) {
  room->selector.use_memory(memory->memory);
  return memory;  // With what the room had before.
}

void decide(veche_plugin* self, void* state, const veche_route* route, const veche_packet* packets,
            uint32_t packet_count, uint32_t packet_stride, uint32_t* verdicts) {
  veche::forwarding::decide(*static_cast<PrerollState*>(state), *route,
                            {packets, packet_stride, packet_count}, self->preroll, verdicts);
}

constexpr veche_selector kSelector = {.struct_size = sizeof(veche_selector),
                                      .reserved = 0,
                                      .make_settings = make_settings,
                                      .free_settings = free_settings,
                                      .open = open_room,
                                      .close = close_room,
                                      .use_settings = use_settings,
                                      .select = select,
                                      .make_memory = make_memory,
                                      .free_memory = free_memory,
                                      .use_memory = use_memory};

constexpr veche_packet_policy kPacketPolicy = {.struct_size = sizeof(veche_packet_policy),
                                               .state_size = sizeof(PrerollState),
                                               .decide = decide};

/// Settings reach rooms by make_settings().
constexpr veche_room_settings kRoomSettings = {.struct_size = sizeof(veche_room_settings),
                                               .reserved = 0,
                                               .schema = kRoomSchema,
                                               .changed = nullptr};

const void* get_extension(const char* id) {
  if (std::strcmp(id, VECHE_EXT_SELECTOR) == 0) return &kSelector;
  if (std::strcmp(id, VECHE_EXT_PACKET_POLICY) == 0) return &kPacketPolicy;
  if (std::strcmp(id, VECHE_EXT_ROOM_SETTINGS) == 0) return &kRoomSettings;
  return nullptr;
}

constexpr const char* kNeeds[] = {VECHE_HOST_LOG, VECHE_HOST_CONFIG, nullptr};
constexpr const char* kOffers[] = {VECHE_EXT_SELECTOR, VECHE_EXT_PACKET_POLICY,
                                   VECHE_EXT_ROOM_SETTINGS, nullptr};

}  // namespace

constinit const veche_plugin_entry veche_plugin_entry_1 = {
    .struct_size = sizeof(veche_plugin_entry),
    .abi_minor = VECHE_ABI_MINOR,
    .id = "org.veche.forwarding",
    .version = "0.1.0",
    .license = "Apache-2.0",
    .summary =
        "Decides who is heard by whom from audio levels, and replays the start of a new speaker's "
        "utterance.",
    .config_schema = kConfigSchema,
    .needs = kNeeds,
    .offers = kOffers,
    .create = create,
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .get_extension = get_extension,
    .min_host_minor = VECHE_ABI_MINOR,
    .reserved = 0};
