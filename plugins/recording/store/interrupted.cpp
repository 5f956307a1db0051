// SPDX-License-Identifier: Apache-2.0
// Measures the files, and corrects the manifest to match.
#include "recording/store/interrupted.hpp"

#include <algorithm>

#include "recording/file/manifest_json.hpp"
#include "recording/file/media_info.hpp"
#include "recording/store/folder.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

namespace {

/// No recording is longer: what a file says of itself is not trusted.
constexpr int64_t kMostStartMs = int64_t{366} * 24 * 3600 * 1000;

void list_forgotten_files(int folder_fd, Manifest& manifest) {
  std::vector<std::string> names;
  each_entry(folder_fd, [&](const std::string& name, bool is_folder) {
    const bool is_media = name.ends_with(".webm") || name.ends_with(".mkv");
    const bool listed = std::any_of(manifest.files.begin(), manifest.files.end(),
                                    [&](const FileEntry& file) { return file.name == name; });
    if (is_media && !is_folder && !listed && is_file_name(name)) names.push_back(name);
    return true;
  });
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) manifest.files.push_back({.name = name});
}

/// False if the file does not exist.
bool measure(int folder_fd, int64_t started_unix_ms, FileEntry& file,
             std::vector<std::string>& warnings) {
  try {
    if (const std::optional<MediaInfo> info = media_info(folder_fd, file.name)) {
      file.bytes = info->bytes;
      file.duration_ms = info->duration_ms;
      // The manifest was written before the file was made.
      if (file.content_type.empty()) {
        file.content_type = info->content_type;
        const int64_t start_ms = info->started_unix_ms - started_unix_ms;
        if (start_ms > 0 && start_ms < kMostStartMs) file.start_ms = start_ms;
      }
    } else {
      warnings.push_back(file.name + " is no recording that can be read");
    }
  } catch (const Failure& failure) {
    warnings.emplace_back(failure.what());
    return failure.code() != VECHE_E_GONE;
  }
  return true;
}

void end(Span& span, int64_t end_ms) {
  if (span.end_ms == 0) span.end_ms = std::max(span.start_ms, end_ms);
}

/// A track lasts as long as its file.
void end_spans(Manifest& manifest) {
  for (TrackEntry& track : manifest.tracks) {
    int64_t end_ms = manifest.duration_ms;
    for (const FileEntry& file : manifest.files) {
      if (file.name == track.file) end_ms = file.start_ms + file.duration_ms;
    }
    end(track.span, end_ms);
    for (Gap& gap : track.gaps) end(gap.span, end_ms);
  }
  for (SpeechEntry& speech : manifest.speech) end(speech.span, manifest.duration_ms);
}

}  // namespace

void end_interrupted(int folder_fd, Manifest& manifest, std::vector<std::string>& warnings) {
  list_forgotten_files(folder_fd, manifest);
  std::vector<std::string> problems;
  std::erase_if(manifest.files, [&](FileEntry& file) {
    return !measure(folder_fd, manifest.started_unix_ms, file, problems);
  });
  for (const std::string& problem : problems) warnings.push_back(manifest.id + ": " + problem);

  manifest.state = State::Interrupted;
  manifest.duration_ms = 0;
  for (const FileEntry& file : manifest.files) {
    manifest.duration_ms = std::max(manifest.duration_ms, file.start_ms + file.duration_ms);
  }
  manifest.ended_unix_ms = manifest.started_unix_ms + manifest.duration_ms;
  manifest.ended_by = "interrupted";
  manifest.detail = "the server ended before the recording; its files go up to that moment";
  end_spans(manifest);
}

}  // namespace veche::recording
