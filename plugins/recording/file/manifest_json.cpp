// SPDX-License-Identifier: Apache-2.0
// Writes a manifest with json-glib.
#include "recording/file/manifest_json.hpp"

#include <json-glib/json-glib.h>

#include <memory>

namespace veche::recording {

namespace {

struct Free {
  void operator()(void* object) const noexcept { g_object_unref(object); }
  void operator()(JsonNode* node) const noexcept { json_node_unref(node); }
  void operator()(char* text) const noexcept { g_free(text); }
  void operator()(GDateTime* time) const noexcept { g_date_time_unref(time); }
};

/// RFC 3339 in UTC, with milliseconds; "" if the time is outside the calendar.
std::string rfc3339(int64_t unix_ms) {
  const std::unique_ptr<GDateTime, Free> time(g_date_time_new_from_unix_utc(unix_ms / 1000));
  if (!time) return "";
  const std::unique_ptr<char, Free> text(g_date_time_format(time.get(), "%Y-%m-%dT%H:%M:%S"));
  char fraction[8];
  g_snprintf(fraction, sizeof fraction, ".%03dZ", static_cast<int>(unix_ms % 1000));
  return std::string(text.get()) + fraction;
}

class Writer {
 public:
  Writer() : builder_(json_builder_new()) {}

  void name(const char* name) { json_builder_set_member_name(builder_.get(), name); }
  void text(const char* member, const std::string& value) {
    name(member);
    text(value);
  }
  /// Clients choose names freely; JSON has to be UTF-8.
  void text(const std::string& value) {
    const std::unique_ptr<char, Free> valid(
        g_utf8_make_valid(value.data(), static_cast<gssize>(value.size())));
    json_builder_add_string_value(builder_.get(), valid.get());
  }
  void number(const char* member, int64_t value) {
    name(member);
    json_builder_add_int_value(builder_.get(), value);
  }
  void count(const char* member, uint64_t value) { number(member, static_cast<int64_t>(value)); }
  void time(const char* member, const char* member_ms, int64_t unix_ms) {
    if (unix_ms == 0) return;
    text(member, rfc3339(unix_ms));
    number(member_ms, unix_ms);
  }
  void span(const Span& span) {
    number("start_ms", span.start_ms);
    number("end_ms", span.end_ms);
  }

  template <class Content>
  void object(Content&& content) {
    json_builder_begin_object(builder_.get());
    content();
    json_builder_end_object(builder_.get());
  }
  template <class List, class Each>
  void list(const char* member, const List& items, Each&& each) {
    name(member);
    json_builder_begin_array(builder_.get());
    for (const auto& item : items) each(item);
    json_builder_end_array(builder_.get());
  }
  void texts(const char* member, const std::vector<std::string>& items) {
    list(member, items, [this](const std::string& item) { text(item); });
  }

  std::string done() const {
    const std::unique_ptr<JsonNode, Free> root(json_builder_get_root(builder_.get()));
    const std::unique_ptr<char, Free> json(json_to_string(root.get(), TRUE));
    return std::string(json.get()) + "\n";
  }

 private:
  std::unique_ptr<JsonBuilder, Free> builder_;
};

void write_track(Writer& out, const TrackEntry& track, bool all) {
  out.text("id", track.id);
  out.text("participant", track.participant);
  out.text("name", track.name);
  out.text("kind", track.kind);
  out.text("codec", track.codec);
  out.text("file", track.file);
  out.span(track.span);
  out.count("packets", track.packets);
  out.count("lost", track.lost);
  out.count("dropped", track.dropped);
  out.number("level_dbov", track.level_dbov);
  if (!all) return;
  out.list("gaps", track.gaps, [&](const Gap& gap) {
    out.object([&] {
      out.span(gap.span);
      out.text("reason", gap.reason);
    });
  });
  out.count("more_gaps", track.more_gaps);
}

void write_file(Writer& out, const FileEntry& file) {
  out.text("name", file.name);
  out.text("content_type", file.content_type);
  out.count("bytes", file.bytes);
  out.number("duration_ms", file.duration_ms);
  if (!file.sha256.empty()) out.text("sha256", file.sha256);
}

std::string write(const Manifest& manifest, bool all) {
  Writer out;
  out.object([&] {
    out.text("format", "veche.recording/1");
    out.text("id", manifest.id);
    out.text("room", manifest.room);
    out.text("state", to_string(manifest.state));
    if (!manifest.detail.empty()) out.text("detail", manifest.detail);
    if (!manifest.ended_by.empty()) out.text("ended_by", manifest.ended_by);
    out.texts("modes", manifest.modes);
    out.texts("kinds", manifest.kinds);
    out.texts("participants", manifest.participants);
    out.time("started_at", "started_unix_ms", manifest.started_unix_ms);
    out.time("ended_at", "ended_unix_ms", manifest.ended_unix_ms);
    out.number("duration_ms", manifest.duration_ms);
    out.list("files", manifest.files,
             [&](const FileEntry& file) { out.object([&] { write_file(out, file); }); });
    out.list("tracks", manifest.tracks,
             [&](const TrackEntry& track) { out.object([&] { write_track(out, track, all); }); });
    if (!all) return;
    out.list("speech", manifest.speech, [&](const SpeechEntry& speech) {
      out.object([&] {
        out.text("participant", speech.participant);
        out.span(speech.span);
      });
    });
  });
  return out.done();
}

}  // namespace

std::string to_json(const Manifest& manifest) { return write(manifest, true); }

std::string summary_json(const Manifest& manifest) { return write(manifest, false); }

}  // namespace veche::recording
