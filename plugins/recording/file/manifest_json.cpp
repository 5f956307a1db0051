// SPDX-License-Identifier: Apache-2.0
// Writes a manifest as text.
#include "recording/file/manifest_json.hpp"

#include <glib.h>

#include <memory>
#include <string_view>
#include <utility>

namespace veche::recording {

namespace {

struct Free {
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

/// Text, and no tree of nodes: a recording with thousands of tracks writes its manifest often.
class Writer {
 public:
  void text(const char* member, const std::string& value) {
    name(member);
    text(value);
  }
  /// Clients choose names freely; JSON has to be UTF-8.
  void text(const std::string& value) {
    separate();
    const auto size = static_cast<gssize>(value.size());
    if (g_utf8_validate(value.data(), size, nullptr)) {
      quote(value);
    } else {
      const std::unique_ptr<char, Free> valid(g_utf8_make_valid(value.data(), size));
      quote(valid.get());
    }
  }
  void number(const char* member, int64_t value) {
    name(member);
    separate();
    out_ += std::to_string(value);
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
    open('{');
    content();
    close('}');
  }
  template <class List, class Each>
  void list(const char* member, const List& items, Each&& each) {
    name(member);
    open('[');
    for (const auto& item : items) each(item);
    close(']');
  }
  void texts(const char* member, const std::vector<std::string>& items) {
    list(member, items, [this](const std::string& item) { text(item); });
  }

  std::string done() && { return std::move(out_) + "\n"; }

 private:
  void name(const char* name) {
    separate();
    ((out_ += '"') += name) += "\" : ";
    is_after_name_ = true;
  }
  /// Before a member or an element.
  void separate() {
    if (std::exchange(is_after_name_, false)) return;
    if (!is_first_) out_ += ',';
    is_first_ = false;
    if (depth_ > 0) break_line();
  }
  void break_line() { (out_ += '\n').append(2 * depth_, ' '); }
  void open(char bracket) {
    separate();
    out_ += bracket;
    ++depth_;
    is_first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!is_first_) break_line();
    out_ += bracket;
    is_first_ = false;
  }
  /// RFC 8259 section 7.
  void quote(std::string_view value) {
    out_ += '"';
    for (size_t begin = 0; begin < value.size();) {
      size_t end = begin;
      while (end < value.size() && static_cast<unsigned char>(value[end]) >= 0x20 &&
             value[end] != '"' && value[end] != '\\') {
        ++end;
      }
      out_ += value.substr(begin, end - begin);
      if (end < value.size()) {
        char escape[8];
        g_snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(value[end]));
        out_ += escape;
      }
      begin = end + 1;
    }
    out_ += '"';
  }

  std::string out_;
  size_t depth_ = 0;
  bool is_first_ = true, is_after_name_ = false;
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
  for (const LossField& field : kLossFields) {
    const uint64_t count = track.losses.*field.count;
    if (count > 0 || field.always) out.count(field.name, count);
  }
  if (!track.problem.empty()) out.text("problem", track.problem);
  if (!track.detail.empty()) out.text("detail", track.detail);
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
  out.number("start_ms", file.start_ms);
  out.number("duration_ms", file.duration_ms);
  if (!file.sha256.empty()) out.text("sha256", file.sha256);
}

std::string write(const Manifest& manifest, bool all) {
  Writer out;
  out.object([&] {
    out.text("format", "veche.recording/1");
    out.text("id", manifest.id);
    out.text("room", manifest.room);
    out.text("incarnation", manifest.incarnation);
    out.text("state", to_string(manifest.state));
    if (!manifest.detail.empty()) out.text("detail", manifest.detail);
    if (!manifest.ended_by.empty()) out.text("ended_by", manifest.ended_by);
    out.texts("modes", manifest.modes);
    out.texts("kinds", manifest.kinds);
    out.texts("participants", manifest.participants);
    out.time("started_at", "started_unix_ms", manifest.started_unix_ms);
    out.time("ended_at", "ended_unix_ms", manifest.ended_unix_ms);
    out.number("duration_ms", manifest.duration_ms);
    if (manifest.clock_step_ms != 0) out.number("clock_step_ms", manifest.clock_step_ms);
    out.list("files", manifest.files,
             [&](const FileEntry& file) { out.object([&] { write_file(out, file); }); });
    out.list("tracks", manifest.tracks,
             [&](const TrackEntry& track) { out.object([&] { write_track(out, track, all); }); });
    if (manifest.more_tracks > 0) out.count("more_tracks", manifest.more_tracks);
    if (manifest.more_files > 0) out.count("more_files", manifest.more_files);
    if (!all) return;
    out.list("speech", manifest.speech, [&](const SpeechEntry& speech) {
      out.object([&] {
        out.text("participant", speech.participant);
        out.span(speech.span);
      });
    });
  });
  return std::move(out).done();
}

}  // namespace

std::string to_json(const Manifest& manifest) { return write(manifest, true); }

std::string summary_json(const Manifest& manifest) { return write(manifest, false); }

}  // namespace veche::recording
