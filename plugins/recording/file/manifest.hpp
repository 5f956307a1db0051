// SPDX-License-Identifier: Apache-2.0
// The manifest of a recording: the content of its manifest.json, and of answers over HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veche::recording {

enum class State { Recording, Finished, Failed, Interrupted };

/// Times are milliseconds since the recording began; an end of 0: not yet.
struct Span {
  int64_t start_ms = 0, end_ms = 0;
};

/// A time for which a track has no data, and the reason: "no-packets" (muted at its source, DTX,
/// gone), "muted" (by the server), "loss", "disk" (the disk was too slow or full).
struct Gap {
  Span span;
  std::string reason;
};

struct TrackEntry {
  std::string id;  ///< "1", "2", ... within the recording.
  std::string participant, name;
  std::string kind;   ///< "audio" or "video"
  std::string codec;  ///< "opus", "vp8", ...
  std::string file;   ///< "" if the track is only in the mix
  Span span;
  uint64_t packets = 0, lost = 0, dropped = 0;
  std::vector<Gap> gaps;   ///< At most kMaxGaps, in order.
  uint64_t more_gaps = 0;  ///< Those that are not listed.
  int level_dbov = -127;   ///< Of the last second, 0 the loudest; -127: silence.
};

struct FileEntry {
  std::string name;          ///< Within the recording's folder.
  std::string content_type;  ///< "audio/webm", "video/webm", "video/x-matroska"
  std::string sha256;  ///< Lower case; "" while the file is written, and if it was interrupted.
  uint64_t bytes = 0;
  int64_t duration_ms = 0;
};

/// When a participant spoke.
struct SpeechEntry {
  std::string participant;
  Span span;
};

struct Manifest {
  static constexpr size_t kMaxGaps = 1000;
  std::string id;  ///< [A-Za-z0-9_.~-]{1,64}, unique in the store.
  std::string room;
  State state = State::Recording;
  std::string detail;    ///< Why it failed or ended early, or what is missing; "" if all is well.
  std::string ended_by;  ///< "request", "room-closed", "max-duration", "max-bytes", "disk-full",
                         ///< "shutdown", ...
  std::vector<std::string> modes;         ///< "tracks", "mix"
  std::vector<std::string> kinds;         ///< "audio", "video"
  std::vector<std::string> participants;  ///< Empty: all of them.
  int64_t started_unix_ms = 0;
  int64_t ended_unix_ms = 0;  ///< 0: not yet
  int64_t duration_ms = 0;
  std::vector<TrackEntry> tracks;
  std::vector<FileEntry> files;
  std::vector<SpeechEntry> speech;
};

const char* to_string(State state);

}  // namespace veche::recording
