// SPDX-License-Identifier: Apache-2.0
// Reads JSON that fits the schemas.
#include "recording/settings.hpp"

#include <algorithm>
#include <veche/cpp/json.hpp>

namespace veche::recording {
namespace {

Json object_of(std::string_view text) { return Json::parse_object(text, "the settings"); }

std::vector<std::string> strings(const Json& list) {
  std::vector<std::string> all;
  for (const Json& each : list.elements()) {
    if (const std::string* text = each.string()) all.push_back(*text);
  }
  return all;
}

bool contains(const std::vector<std::string>& list, const char* word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Plan plan_of(const Json& json) {
  const std::vector<std::string> modes = strings(json["modes"]), kinds = strings(json["kinds"]);
  Plan plan;
  plan.tracks = contains(modes, "tracks");
  plan.mix = contains(modes, "mix");
  plan.audio = contains(kinds, "audio");
  plan.video = contains(kinds, "video");
  plan.participants = strings(json["participants"]);
  plan.max_duration_s = json.get<int64_t>("max_duration_s", 0);
  plan.max_bytes = json.get<int64_t>("max_bytes", 0);
  return plan;
}

}  // namespace

Settings parse_settings(const std::string& text) {
  const Json json = object_of(text);
  Settings settings;
  settings.directory = json.get<std::string>("directory", "");
  settings.name_template = json.get<std::string>("name", "");
  settings.max_recordings = static_cast<uint32_t>(json.get<int64_t>("max_recordings", 0));
  settings.idle_timeout_s = json.get<int64_t>("idle_timeout_s", 0);
  settings.max_duration_s = json.get<int64_t>("max_duration_s", 0);
  settings.max_bytes = json.get<int64_t>("max_bytes", 0);
  settings.recorder.queue_bytes = static_cast<size_t>(json.get<int64_t>("queue_bytes", 0));
  settings.recorder.mix_bitrate_bps = static_cast<int32_t>(json.get<int64_t>("mix_bitrate_bps", 0));
  settings.recorder.min_free_bytes = static_cast<uint64_t>(json.get<int64_t>("min_free_bytes", 0));
  settings.retention = {json.get<int64_t>("max_age_s", 0),
                        static_cast<uint64_t>(json.get<int64_t>("max_total_bytes", 0))};
  settings.hook = {strings(json["hook"]), json.get<int64_t>("hook_timeout_s", 0) * 1000};
  if (!settings.hook.command.empty()) check_hook_command(settings.hook.command);
  return settings;
}

RoomRecording parse_room(std::string_view text) {
  const Json json = object_of(text);
  return {json.get<bool>("auto", false), plan_of(json)};
}

Plan parse_plan(std::string_view text) { return plan_of(object_of(text)); }

}  // namespace veche::recording
