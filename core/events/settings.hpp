// SPDX-License-Identifier: Apache-2.0
// Where the event log keeps events, how many, and for how long. See docs/configuration.md.
#pragma once

#include <cstdint>
#include <string>

namespace veche::events {

struct Settings {
  std::string file;  ///< The database; "": memory alone, lost with the process.
  uint32_t retention_days = 7;
  uint32_t max_mb = 256;                ///< Of the database; the oldest events give way.
  uint32_t max_waiting = 10'000;        ///< Events that wait for the disk.
  uint32_t max_memory_events = 10'000;  ///< Without a file: the newest are kept.
  bool speakers = false;                ///< Keep `speaker.changed`.
  uint32_t end_ms = 5000;               ///< How long the end waits for a disk that stalls.

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace veche::events
