// SPDX-License-Identifier: Apache-2.0
// Reads JSON that fits the schemas.
#include "recording/settings.hpp"

#include <json-glib/json-glib.h>

#include <memory>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

struct Unref {
  void operator()(JsonParser* parser) const { g_object_unref(parser); }
};

/// An object that fits its schema: every member exists and has the right type.
class Json {
 public:
  explicit Json(std::string_view text) : parser_(json_parser_new()) {
    GError* error = nullptr;
    json_parser_load_from_data(parser_.get(), text.data(), static_cast<gssize>(text.size()),
                               &error);
    g_clear_error(&error);
    JsonNode* root = json_parser_get_root(parser_.get());
    if (!root || !JSON_NODE_HOLDS_OBJECT(root)) {
      throw Failure(VECHE_E_INVALID, "the settings are not a JSON object");
    }
    object_ = json_node_get_object(root);
  }

  int64_t integer(const char* name) const {
    return json_object_get_int_member_with_default(object_, name, 0);
  }
  bool boolean(const char* name) const {
    return json_object_get_boolean_member_with_default(object_, name, FALSE) != FALSE;
  }
  std::string string(const char* name) const {
    return json_object_get_string_member_with_default(object_, name, "");
  }
  std::vector<std::string> strings(const char* name) const {
    std::vector<std::string> list;
    JsonNode* node = json_object_get_member(object_, name);
    if (!node || !JSON_NODE_HOLDS_ARRAY(node)) return list;
    JsonArray* array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); ++i) {
      list.emplace_back(json_array_get_string_element(array, i));
    }
    return list;
  }

 private:
  std::unique_ptr<JsonParser, Unref> parser_;
  JsonObject* object_ = nullptr;
};

bool contains(const std::vector<std::string>& list, const char* word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Plan plan_of(const Json& json) {
  const std::vector<std::string> modes = json.strings("modes"), kinds = json.strings("kinds");
  Plan plan;
  plan.tracks = contains(modes, "tracks");
  plan.mix = contains(modes, "mix");
  plan.audio = contains(kinds, "audio");
  plan.video = contains(kinds, "video");
  plan.participants = json.strings("participants");
  plan.max_duration_s = json.integer("max_duration_s");
  plan.max_bytes = json.integer("max_bytes");
  return plan;
}

}  // namespace

Settings parse_settings(const std::string& text) {
  const Json json(text);
  Settings settings;
  settings.directory = json.string("directory");
  settings.name_template = json.string("name");
  settings.max_recordings = static_cast<uint32_t>(json.integer("max_recordings"));
  settings.idle_timeout_s = json.integer("idle_timeout_s");
  settings.max_duration_s = json.integer("max_duration_s");
  settings.max_bytes = json.integer("max_bytes");
  settings.recorder.queue_bytes = static_cast<size_t>(json.integer("queue_bytes"));
  settings.recorder.mix_bitrate_bps = static_cast<int32_t>(json.integer("mix_bitrate_bps"));
  settings.recorder.min_free_bytes = static_cast<uint64_t>(json.integer("min_free_bytes"));
  settings.retention = {json.integer("max_age_s"),
                        static_cast<uint64_t>(json.integer("max_total_bytes"))};
  settings.hook = {json.strings("hook"), json.integer("hook_timeout_s") * 1000};
  if (!settings.hook.command.empty()) check_hook_command(settings.hook.command);
  return settings;
}

RoomRecording parse_room(std::string_view text) {
  const Json json(text);
  return {json.boolean("auto"), plan_of(json)};
}

Plan parse_plan(std::string_view text) { return plan_of(Json(text)); }

}  // namespace veche::recording
