// SPDX-License-Identifier: Apache-2.0
// The settings of recordings: the operator's, a room's and a request's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "recording/control/hook.hpp"
#include "recording/recorder/plan.hpp"
#include "recording/recorder/recording_writer.hpp"
#include "recording/store/retention.hpp"

namespace veche::recording {

struct Settings {
  std::string directory;
  std::string name_template;
  uint32_t max_recordings = 20;  ///< At a time.
  int64_t idle_timeout_s = 60;   ///< A recording ends when its room has been empty for this long.
  int64_t max_duration_s = 0, max_bytes = 0;  ///< Of each; 0: no limit.
  RecorderSettings recorder;
  Retention retention;
  HookSettings hook;
};

/// A room's part of the policy.
struct RoomRecording {
  bool automatic = false;
  Plan plan;
};

/// All take JSON that fits its schema (schemas.hpp), with defaults filled in. Failure if it is not
/// JSON.
Settings parse_settings(const std::string& json);
RoomRecording parse_room(std::string_view json);
Plan parse_plan(std::string_view json);

}  // namespace veche::recording
