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

/// What of a track is not in its recording, in packets.
struct Losses {
  uint64_t lost = 0;         ///< In the network.
  uint64_t dropped = 0;      ///< By a slow disk or processor, before the recording saw them.
  uint64_t late = 0;         ///< Came when their place was taken already.
  uint64_t refused = 0;      ///< Strays, and packets that break the rules of RTP or the codec.
  uint64_t left_out = 0;     ///< Without a place in time, and video before its first key frame.
  uint64_t incomplete = 0;   ///< Frames of video that lacked a part.
  uint64_t foreign = 0;      ///< Of another SSRC or payload type: redundancy, other layers.
  uint64_t mix_dropped = 0;  ///< Frames that came too late or too early for the mix.
  uint64_t mix_failed = 0;   ///< Frames that the mix could not decode.
  uint64_t restarts = 0;     ///< Jumps of the sender's sequence, source or clock; no packets.
  bool operator==(const Losses&) const = default;
};

struct TrackEntry {
  std::string id;  ///< "1", "2", ... within the recording.
  std::string participant, name;
  std::string kind;   ///< "audio" or "video"
  std::string codec;  ///< "opus", "vp8", ...
  std::string file;   ///< "" if the track is only in the mix
  Span span;
  uint64_t packets = 0;
  Losses losses;
  /// What went wrong with this track alone. It ended with "bad-stream", "encrypted",
  /// "unsupported-codec", "missing-element", "too-many-files" and "failure"; "decoder": it is not
  /// in the mix; "wrong-clock": its timestamps count at another rate than its codec's. "": nothing.
  std::string problem;
  std::string detail;      ///< The same as a sentence.
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
  int64_t start_ms = 0;  ///< The file's beginning, since the recording's.
};

/// When a participant spoke.
struct SpeechEntry {
  std::string participant;
  Span span;
};

struct Manifest {
  static constexpr size_t kMaxGaps = 1000;         ///< Of a track.
  static constexpr size_t kMaxGapsOfAll = 20'000;  ///< Of all tracks that have ended.
  static constexpr size_t kMaxSpeech = 20'000;
  std::string id;  ///< [A-Za-z0-9_.~-]{1,64}, unique in the store.
  std::string room;
  std::string incarnation;  ///< Of the room: tells it from others of the same name.
  State state = State::Recording;
  std::string detail;    ///< Why it failed or ended early, or what is missing; "" if all is well.
  std::string ended_by;  ///< "request", "room-closed", "max-duration", "max-bytes", "disk-full",
                         ///< "too-many-files", "shutdown", ...
  std::vector<std::string> modes;         ///< "tracks", "mix"
  std::vector<std::string> kinds;         ///< "audio", "video"
  std::vector<std::string> participants;  ///< Empty: all of them.
  int64_t started_unix_ms = 0;
  int64_t ended_unix_ms = 0;  ///< 0: not yet
  int64_t duration_ms = 0;
  /// How far the system's clock was set, in all, while the recording went on.
  int64_t clock_step_ms = 0;
  std::vector<TrackEntry> tracks;
  uint64_t more_tracks = 0;  ///< Those that are not listed.
  uint64_t more_files = 0;   ///< The same, in summaries.
  std::vector<FileEntry> files;
  std::vector<SpeechEntry> speech;
};

const char* to_string(State state);

}  // namespace veche::recording
