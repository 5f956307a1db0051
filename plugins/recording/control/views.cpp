// SPDX-License-Identifier: Apache-2.0
// Small pieces of JSON by json-glib.
#include "recording/control/views.hpp"

#include <json-glib/json-glib.h>
#include <time.h>

#include <cstdio>
#include <memory>
#include <random>
#include <utility>

#include "recording/file/manifest_json.hpp"

namespace veche::recording {
namespace {

struct UnrefObject {
  void operator()(gpointer object) const { g_object_unref(object); }
};

using ParserPtr = std::unique_ptr<JsonParser, UnrefObject>;

/// Null if it is no JSON object.
ParserPtr parsed(std::string_view json) {
  ParserPtr parser(json_parser_new());
  const auto size = static_cast<gssize>(json.size());
  if (!json_parser_load_from_data(parser.get(), json.data(), size, nullptr)) return nullptr;
  JsonNode* root = json_parser_get_root(parser.get());
  return root && JSON_NODE_HOLDS_OBJECT(root) ? std::move(parser) : nullptr;
}

JsonObject* object_of(const ParserPtr& parser) {
  return json_node_get_object(json_parser_get_root(parser.get()));
}

}  // namespace

std::string make_id(int64_t unix_ms) {
  static constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  const time_t seconds = unix_ms / 1000;
  tm utc{};
  gmtime_r(&seconds, &utc);
  char id[64];
  const size_t size = strftime(id, sizeof id, "%Y%m%d-%H%M%S-", &utc);
  std::string text(id, size);
  std::random_device random;
  std::uniform_int_distribution<size_t> letter(0, kLetters.size() - 1);
  for (int i = 0; i < 8; ++i) text += kLetters[letter(random)];
  return text;
}

std::string notice_json(const std::vector<std::shared_ptr<const Manifest>>& in_progress) {
  if (in_progress.empty()) return "";
  std::string json = R"({"active":true,"recordings":[)";
  constexpr size_t kMaxListed = 10;
  for (size_t i = 0; i < in_progress.size() && i < kMaxListed; ++i) {
    const Manifest& manifest = *in_progress[i];
    if (i > 0) json += ',';
    // Ids and modes are plain words.
    json += R"({"id":")" + manifest.id + R"(","started_unix_ms":)" +
            std::to_string(manifest.started_unix_ms) + R"(,"modes":[)";
    for (size_t mode = 0; mode < manifest.modes.size(); ++mode) {
      json += (mode > 0 ? ",\"" : "\"") + manifest.modes[mode] + "\"";
    }
    json += "]}";
  }
  return json + "]}";
}

std::string list_json(const std::vector<Manifest>& page, const std::string& next) {
  std::string json = R"({"recordings":[)";
  for (size_t i = 0; i < page.size(); ++i) {
    if (i > 0) json += ',';
    json += summary_json(page[i]);
  }
  return json + R"(],"next_cursor":")" + next + "\"}";
}

std::optional<std::string> content_type_of(const Manifest& manifest, const std::string& file) {
  if (file == "manifest.json") return "application/json";
  for (const FileEntry& entry : manifest.files) {
    if (entry.name == file) return entry.content_type;
  }
  return std::nullopt;
}

bool is_muted(std::string_view event_data) {
  const ParserPtr parser = parsed(event_data);
  return parser && json_object_get_boolean_member_with_default(object_of(parser), "muted", FALSE);
}

const char* ending_of(std::string_view room_closed_data) {
  const ParserPtr parser = parsed(room_closed_data);
  if (!parser) return "room-closed";
  const char* reason = json_object_get_string_member_with_default(object_of(parser), "reason", "");
  return reason && std::string_view(reason) == "server_stopping" ? "shutdown" : "room-closed";
}

}  // namespace veche::recording
