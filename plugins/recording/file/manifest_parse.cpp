// SPDX-License-Identifier: Apache-2.0
// Reads a manifest, which may have been edited by hand.
#include <json-glib/json-glib.h>

#include <algorithm>
#include <memory>

#include "recording/file/manifest_json.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

namespace {

constexpr int kMaxDepth = 8;  ///< Deeper nesting would exhaust json-glib's stack.
constexpr int64_t kMaxNumber = int64_t{1} << 53;

[[noreturn]] void refuse(const std::string& where, const std::string& why) {
  throw Failure(VECHE_E_INVALID, "manifest.json: " + where + (where.empty() ? "" : ": ") + why);
}

int deepest(std::string_view json) {
  int depth = 0, most = 0;
  bool quoted = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      most = std::max(most, ++depth);
    } else if (!quoted && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return most;
}

/// One JSON object, and how messages name its place.
class Fields {
 public:
  Fields(JsonNode* node, std::string where) : where_(std::move(where)) {
    if (node == nullptr || !JSON_NODE_HOLDS_OBJECT(node)) refuse(where_, "an object is expected");
    object_ = json_node_get_object(node);
  }

  std::string text(const char* member, const char* otherwise = "") const {
    JsonNode* node = json_object_get_member(object_, member);
    return node == nullptr ? otherwise : text_of(node, place(member));
  }

  int64_t number(const char* member, int64_t least = 0, int64_t otherwise = 0) const {
    JsonNode* node = json_object_get_member(object_, member);
    if (node == nullptr) return otherwise;
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_INT64) {
      refuse(place(member), "an integer is expected");
    }
    const int64_t value = json_node_get_int(node);
    if (value < least || value > kMaxNumber) refuse(place(member), "it is out of range");
    return value;
  }
  uint64_t count(const char* member) const { return static_cast<uint64_t>(number(member)); }

  Span span() const {
    const Span span{number("start_ms"), number("end_ms")};
    if (span.end_ms != 0 && span.end_ms < span.start_ms)
      refuse(place("end_ms"), "it is before start_ms");
    return span;
  }

  std::vector<std::string> texts(const char* member) const {
    std::vector<std::string> out;
    each(member,
         [&](JsonNode* node, const std::string& where) { out.push_back(text_of(node, where)); });
    return out;
  }

  template <class Item, class Read>
  std::vector<Item> list(const char* member, Read&& read) const {
    std::vector<Item> out;
    each(member, [&](JsonNode* node, const std::string& where) {
      out.push_back(read(Fields(node, where)));
    });
    return out;
  }

  /// A sentence about one member.
  [[noreturn]] void refuse_member(const char* member, const char* why) const {
    refuse(place(member), why);
  }

 private:
  std::string place(const char* member) const {
    return where_.empty() ? member : where_ + "." + member;
  }

  static std::string text_of(JsonNode* node, const std::string& where) {
    if (!JSON_NODE_HOLDS_VALUE(node) || json_node_get_value_type(node) != G_TYPE_STRING) {
      refuse(where, "a string is expected");
    }
    return json_node_get_string(node);
  }

  template <class Each>
  void each(const char* member, Each&& each) const {
    JsonNode* node = json_object_get_member(object_, member);
    if (node == nullptr) return;
    if (!JSON_NODE_HOLDS_ARRAY(node)) refuse(place(member), "a list is expected");
    JsonArray* array = json_node_get_array(node);
    const guint length = json_array_get_length(array);
    for (guint i = 0; i < length; ++i) {
      each(json_array_get_element(array, i), place(member) + "[" + std::to_string(i) + "]");
    }
  }

  std::string where_;
  JsonObject* object_ = nullptr;
};

bool has_only(std::string_view text, const char* allowed_besides_letters) noexcept {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(allowed_besides_letters).find(c) != std::string_view::npos;
  });
}

State read_state(const Fields& in) {
  const std::string text = in.text("state");
  for (const State state : {State::Recording, State::Finished, State::Failed, State::Interrupted}) {
    if (text == to_string(state)) return state;
  }
  in.refuse_member("state", "it is none of recording, finished, failed, interrupted");
}

Gap read_gap(const Fields& in) { return {in.span(), in.text("reason")}; }

SpeechEntry read_speech(const Fields& in) { return {in.text("participant"), in.span()}; }

FileEntry read_file(const Fields& in) {
  FileEntry file{in.text("name"),   in.text("content_type"),  in.text("sha256"),
                 in.count("bytes"), in.number("duration_ms"), in.number("start_ms")};
  if (!is_file_name(file.name)) in.refuse_member("name", "it is not the name of a file");
  if (!has_only(file.content_type, "/.+-")) in.refuse_member("content_type", "it is not a type");
  if (!file.sha256.empty() && (file.sha256.size() != 64 || !has_only(file.sha256, ""))) {
    in.refuse_member("sha256", "64 hexadecimal digits are expected");
  }
  return file;
}

TrackEntry read_track(const Fields& in) {
  TrackEntry track;
  track.id = in.text("id");
  track.participant = in.text("participant");
  track.name = in.text("name");
  track.kind = in.text("kind");
  track.codec = in.text("codec");
  track.file = in.text("file");
  if (!track.file.empty() && !is_file_name(track.file)) {
    in.refuse_member("file", "it is not the name of a file");
  }
  track.span = in.span();
  track.packets = in.count("packets");
  for (const LossField& field : kLossFields) track.losses.*field.count = in.count(field.name);
  track.problem = in.text("problem");
  track.detail = in.text("detail");
  track.level_dbov = static_cast<int>(std::min<int64_t>(in.number("level_dbov", -127, -127), 0));
  track.gaps = in.list<Gap>("gaps", read_gap);
  track.more_gaps = in.count("more_gaps");
  return track;
}

Manifest read_manifest(const Fields& in) {
  if (in.text("format") != "veche.recording/1") {
    in.refuse_member("format",
                     "only \"veche.recording/1\" is understood; use the server that "
                     "wrote it, or a newer one");
  }
  Manifest manifest;
  manifest.id = in.text("id");
  if (manifest.id.empty() || manifest.id.size() > 64 || !has_only(manifest.id, "_.~-")) {
    in.refuse_member("id", "[A-Za-z0-9_.~-]{1,64} is expected");
  }
  manifest.room = in.text("room");
  manifest.incarnation = in.text("incarnation");
  manifest.state = read_state(in);
  manifest.detail = in.text("detail");
  manifest.ended_by = in.text("ended_by");
  manifest.modes = in.texts("modes");
  manifest.kinds = in.texts("kinds");
  manifest.participants = in.texts("participants");
  manifest.started_unix_ms = in.number("started_unix_ms");
  manifest.ended_unix_ms = in.number("ended_unix_ms");
  manifest.duration_ms = in.number("duration_ms");
  manifest.clock_step_ms = in.number("clock_step_ms", -kMaxNumber);
  manifest.files = in.list<FileEntry>("files", read_file);
  manifest.tracks = in.list<TrackEntry>("tracks", read_track);
  manifest.more_tracks = in.count("more_tracks");
  manifest.speech = in.list<SpeechEntry>("speech", read_speech);
  return manifest;
}

}  // namespace

bool is_file_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 200 && name[0] != '.' && has_only(name, "_.~-");
}

Manifest parse_manifest(const std::string& json) {
  if (json.size() > kMaxManifestBytes) refuse("", "it is too long");
  if (!g_utf8_validate(json.data(), static_cast<gssize>(json.size()), nullptr)) {
    refuse("", "it is not UTF-8");
  }
  if (deepest(json) > kMaxDepth) refuse("", "it is nested too deeply");
  const std::unique_ptr<JsonParser, decltype(&g_object_unref)> parser(json_parser_new(),
                                                                      &g_object_unref);
  GError* error = nullptr;
  if (!json_parser_load_from_data(parser.get(), json.data(), static_cast<gssize>(json.size()),
                                  &error)) {
    const std::unique_ptr<GError, decltype(&g_error_free)> owned(error, &g_error_free);
    refuse("", owned ? owned->message : "it is not JSON");
  }
  return read_manifest(Fields(json_parser_get_root(parser.get()), ""));
}

}  // namespace veche::recording
