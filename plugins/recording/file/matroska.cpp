// SPDX-License-Identifier: Apache-2.0
// Frames to blocks, blocks to clusters, and the fields at the start that say how far the file goes.
#include "recording/file/matroska.hpp"

#include <algorithm>
#include <utility>

#include "recording/big_endian.hpp"
#include "recording/clock.hpp"
#include "recording/file/matroska_head.hpp"
#include "recording/file/matroska_ids.hpp"

namespace veche::recording {

namespace {

constexpr int64_t kClusterMs = 1000;   ///< The longest; a player seeks to its start.
constexpr int64_t kAudioCueMs = 2000;  ///< Between two entries of an audio index.
constexpr uint64_t kClusterHead = 12;  ///< Its id and its size.
constexpr uint8_t kSeekBytes = 21;     ///< Of one entry of the SeekHead.

int64_t rounded_ms(int64_t ns) { return (ns + kNsPerMs / 2) / kNsPerMs; }

void put_seek(ebml::Bytes& out, uint32_t id, uint64_t position) {
  ebml::put_id(out, id::kSeek);
  ebml::put_size(out, kSeekBytes - 3);
  ebml::put_id(out, id::kSeekId);
  ebml::put_size(out, 4);
  ebml::put_id(out, id);
  ebml::put_wide_uint(out, id::kSeekPosition, position);
}

void put_simple_block(ebml::Bytes& out, int64_t relative_ms, const Frame& frame) {
  ebml::put_id(out, id::kSimpleBlock);
  ebml::put_size(out, frame.bytes.size() + 4);
  out.push_back(0x81);  // Track 1.
  put_big_endian(out, static_cast<uint64_t>(relative_ms), 2);
  out.push_back(frame.key ? 0x80 : 0);
  out.insert(out.end(), frame.bytes.begin(), frame.bytes.end());
}

/// ffmpeg stops silently at the end of the Segment only if it has seen a cluster.
ebml::Bytes empty_cluster() {
  ebml::Bytes time;
  ebml::put_uint(time, id::kTimestamp, 0);
  ebml::Bytes out;
  ebml::put_bytes(out, id::kCluster, time);
  return out;
}

/// Zero until the rest of the element is on the disk.
Matroska::Write hide_first_byte(ebml::Bytes& data, uint64_t file_position, size_t at) {
  return {file_position + at, {std::exchange(data[at], uint8_t{0})}};
}

}  // namespace

Matroska::Matroska(const Format& format, const std::string& title, int64_t started_unix_ms)
    : video_(format.codec != Codec::Opus),
      ebml_header_(ebml_header(format)),
      info_(segment_info(started_unix_ms)),
      tracks_(track_list(format, title)) {
  segment_ = ebml_header_.size() + 12;
  end_ = header().bytes.size();
}

/// Everything that a commit changes: from the Segment's id to the duration.
Matroska::Write Matroska::fields(uint64_t end, int64_t duration_ns, uint64_t cues) const {
  constexpr uint64_t kSeekHeadBytes = 5 + 3 * kSeekBytes;
  constexpr uint64_t kDurationBytes = 11;
  Write write{ebml_header_.size(), {}};
  ebml::Bytes& out = write.bytes;
  ebml::put_id(out, id::kSegment);
  ebml::put_wide_size(out, end - std::min(end, segment_));

  ebml::put_id(out, id::kSeekHead);
  ebml::put_size(out, 3 * kSeekBytes);
  put_seek(out, id::kInfo, kSeekHeadBytes);
  put_seek(out, id::kTracks, kSeekHeadBytes + 12 + kDurationBytes + info_.size());
  if (cues != 0) {
    put_seek(out, id::kCues, cues - segment_);
  } else {
    ebml::put_void(out, kSeekBytes);
  }

  ebml::put_id(out, id::kInfo);
  ebml::put_wide_size(out, kDurationBytes + info_.size());
  ebml::put_float(out, id::kDuration, static_cast<double>(duration_ns) / kNsPerMs);
  return write;
}

Matroska::Write Matroska::header() const {
  Write write{0, ebml_header_};
  for (const ebml::Bytes& part : {fields(end_, 0, 0).bytes, info_, tracks_, empty_cluster()}) {
    write.bytes.insert(write.bytes.end(), part.begin(), part.end());
  }
  return write;
}

bool Matroska::needs_cluster(const Frame& frame, int64_t time_ms) const noexcept {
  return pending_.empty() || time_ms - pending_.back().time_ms >= kClusterMs ||
         (video_ && frame.key);
}

bool Matroska::wants_cue(const Frame& frame, int64_t time_ms) const noexcept {
  if (last_cue_ms_ < 0) return frame.key;
  return video_ ? frame.key : time_ms - last_cue_ms_ >= kAudioCueMs;
}

void Matroska::add(const Frame& frame) {
  last_ns_ = std::max(last_ns_, frame.time_ns);
  const int64_t time_ms = rounded_ms(last_ns_);
  if (needs_cluster(frame, time_ms)) {
    Cluster cluster{time_ms, wants_cue(frame, time_ms), {}};
    if (cluster.cue) last_cue_ms_ = time_ms;
    ebml::put_uint(cluster.body, id::kTimestamp, static_cast<uint64_t>(time_ms));
    pending_.push_back(std::move(cluster));
  }
  put_simple_block(pending_.back().body, time_ms - pending_.back().time_ms, frame);
  pending_bytes_ += frame.bytes.size();
  pending_duration_ns_ = last_ns_ + frame.duration_ns;
}

Matroska::Commit Matroska::commit() const {
  Commit commit{{end_, {}}, {}};
  ebml::Bytes& data = commit.data.bytes;
  for (const Cluster& cluster : pending_) {
    const size_t at = data.size();
    ebml::put_id(data, id::kCluster);
    ebml::put_wide_size(data, cluster.body.size());
    data.insert(data.end(), cluster.body.begin(), cluster.body.end());
    commit.marks.push_back(hide_first_byte(data, end_, at));
  }
  // From the last to the first: everything behind a zero is complete.
  std::reverse(commit.marks.begin(), commit.marks.end());
  commit.marks.push_back(fields(end_ + data.size(), pending_duration_ns_, 0));
  return commit;
}

void Matroska::committed() noexcept {
  for (const Cluster& cluster : pending_) {
    if (cluster.cue) cues_.push_back({cluster.time_ms, end_ - segment_});
    end_ += kClusterHead + cluster.body.size();
  }
  duration_ns_ = pending_duration_ns_;
  pending_.clear();
  pending_bytes_ = 0;
}

void Matroska::drop_pending() noexcept {
  pending_.clear();
  pending_bytes_ = 0;
  pending_duration_ns_ = duration_ns_;
  last_cue_ms_ = cues_.empty() ? -1 : cues_.back().time_ms;
}

Matroska::Commit Matroska::finish() const {
  ebml::Bytes points;
  for (const Cue& cue : cues_) {
    ebml::Bytes where;
    ebml::put_uint(where, id::kCueTrack, 1);
    ebml::put_uint(where, id::kCueClusterPosition, cue.position);
    ebml::Bytes point;
    ebml::put_uint(point, id::kCueTime, static_cast<uint64_t>(cue.time_ms));
    ebml::put_bytes(point, id::kCueTrackPositions, where);
    ebml::put_bytes(points, id::kCuePoint, point);
  }
  Commit commit{{end_, {}}, {}};
  if (cues_.empty()) return commit;
  ebml::put_bytes(commit.data.bytes, id::kCues, points);
  commit.marks.push_back(hide_first_byte(commit.data.bytes, end_, 0));
  commit.marks.push_back(fields(end_ + commit.data.bytes.size(), duration_ns_, end_));
  return commit;
}

}  // namespace veche::recording
