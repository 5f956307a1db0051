// SPDX-License-Identifier: Apache-2.0
// Reads what the configuration says of the event log.
#include "main/config_reading.hpp"

namespace veche::main {

void read_events(Reading& reading, JsonNode* root, events::Settings& settings) {
  JsonNode* node = glib::member(root, "events");
  settings.file = reading.path(text(node, "file"));
  settings.retention_days = get<uint32_t>(node, "retention_days");
  settings.max_mb = get<uint32_t>(node, "max_mb");
  settings.max_waiting = get<uint32_t>(node, "max_waiting");
  settings.max_memory_events = get<uint32_t>(node, "max_memory_events");
  settings.speakers = get<bool>(node, "speakers");
}

}  // namespace veche::main
