// SPDX-License-Identifier: Apache-2.0
// Summaries in a map, and sets of the ids whose entries are larger than others.
#include "recording/control/index.hpp"

#include <algorithm>
#include <utility>

namespace veche::recording {

Manifest summary_of(const Manifest& manifest, size_t most) {
  Manifest summary;
  summary.id = manifest.id;
  summary.room = manifest.room;
  summary.incarnation = manifest.incarnation;
  summary.state = manifest.state;
  summary.detail = manifest.detail;
  summary.ended_by = manifest.ended_by;
  summary.modes = manifest.modes;
  summary.kinds = manifest.kinds;
  summary.participants = manifest.participants;
  summary.started_unix_ms = manifest.started_unix_ms;
  summary.ended_unix_ms = manifest.ended_unix_ms;
  summary.duration_ms = manifest.duration_ms;
  summary.clock_step_ms = manifest.clock_step_ms;
  const size_t tracks = std::min(most, manifest.tracks.size());
  const size_t files = std::min(most, manifest.files.size());
  summary.more_tracks = manifest.more_tracks + manifest.tracks.size() - tracks;
  summary.more_files = manifest.more_files + manifest.files.size() - files;
  summary.files.assign(manifest.files.begin(),
                       manifest.files.begin() + static_cast<std::ptrdiff_t>(files));
  summary.tracks.reserve(tracks);
  for (size_t i = 0; i < tracks; ++i) {
    const TrackEntry& from = manifest.tracks[i];
    TrackEntry& track = summary.tracks.emplace_back();
    track.id = from.id;
    track.participant = from.participant;
    track.name = from.name;
    track.kind = from.kind;
    track.codec = from.codec;
    track.file = from.file;
    track.span = from.span;
    track.packets = from.packets;
    track.losses = from.losses;
    track.problem = from.problem;
    track.detail = from.detail;
    track.level_dbov = from.level_dbov;
  }
  return summary;
}

bool Index::add(const std::string& path, const Manifest& manifest, int64_t ended_boot_ms) {
  const std::string id = manifest.id;
  Entry entry{.path = path,
              .manifest = summary_of(manifest),
              .bytes = bytes_of(manifest),
              .ended_boot_ms = ended_boot_ms};
  entry.is_whole = entry.manifest.more_files == 0;
  const Entry* before = find(id);
  if (before && ended_boot_ms == 0) entry.ended_boot_ms = before->ended_boot_ms;
  if (manifest.state == State::Failed && entry.ended_boot_ms > 0) {
    entry.unsaved = std::make_shared<const Manifest>(manifest);
    unsaved_.insert(id);
    if (unsaved_.size() > kMaxUnsaved) {
      entries_.at(*unsaved_.begin()).unsaved.reset();
      unsaved_.erase(unsaved_.begin());
    }
  }
  entries_.insert_or_assign(id, std::move(entry));
  detailed_.insert(id);
  if (detailed_.size() > kMaxDetailed) {
    Entry& old = entries_.at(*detailed_.begin());
    old.manifest = summary_of(old.manifest, 0);
    old.is_whole = old.manifest.more_files == 0;
    detailed_.erase(detailed_.begin());
  }
  if (entries_.size() <= most_) return true;
  erase(std::string(entries_.begin()->first));
  return false;
}

void Index::erase(const std::string& id) {
  entries_.erase(id);
  detailed_.erase(id);
  unsaved_.erase(id);
}

const Index::Entry* Index::find(const std::string& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() ? &found->second : nullptr;
}

std::vector<Aged> Index::aged() const {
  std::vector<Aged> all;
  all.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) {
    all.push_back({id, end_of(entry.manifest), entry.ended_boot_ms, entry.bytes});
  }
  return all;
}

}  // namespace veche::recording
