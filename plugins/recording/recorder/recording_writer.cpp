// SPDX-License-Identifier: Apache-2.0
// Reacts to tracks that begin and end, to time, to limits and to full disks.
#include "recording/recorder/recording_writer.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <veche/cpp/failure.hpp>

#include "recording/clock.hpp"
#include "recording/file/io_failure.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {
namespace {

/// A backlog is processed in steps of this length, so that tracks stay aligned for the mix.
constexpr int64_t kTurnNs = 100 * kNsPerMs;
/// Packets that have not come by then are replaced by silence: longer than the reorder buffer
/// waits, and than a busy machine takes to hand a packet over.
constexpr int64_t kFillLagNs = ReorderBuffer::kHoldNs + 600 * kNsPerMs;
/// After a track has begun or ended, and else; a large manifest waits longer.
constexpr int64_t kNewsPeriodNs = 2 * kNsPerS, kProgressPeriodNs = 30 * kNsPerS;
constexpr int64_t kManifestBytesPerS = int64_t{16} * 1024;
constexpr size_t kMaxMuted = 10'000;
/// Clocks are slewed by less; a larger difference means that somebody has set it.
constexpr int64_t kClockStepMs = 10'000;

/// What a track's entry calls a failure that ends it alone.
const char* problem_of(const std::exception& failure) {
  if (std::string(reason_of(failure)) == "too-many-files") return "too-many-files";
  return dynamic_cast<const Failure*>(&failure) ? "bad-stream" : "failure";
}

}  // namespace

RecordingWriter::RecordingWriter(int dir_fd, Manifest manifest, const Plan& plan,
                                 const RecorderSettings& settings, int64_t origin_ns)
    : dir_fd_(dir_fd),
      plan_(plan),
      settings_(settings),
      origin_ns_(origin_ns),
      manifest_(std::move(manifest)),
      turned_ns_(origin_ns) {
  guarded([&] {
    if (plan_.mix) {
      mixer_ = std::make_unique<Mixer>(MixSettings{.bitrate_bps = settings_.mix_bitrate_bps});
      mix_file_ = std::make_unique<MediaFile>(dir_fd_, "mix", mixer_->format(), manifest_.room,
                                              manifest_.started_unix_ms);
    }
    write_manifest(origin_ns);
  });
}

RecordingWriter::~RecordingWriter() = default;

void RecordingWriter::handle(RecorderQueue::Batch batch, int64_t now_ns) {
  guarded([&] {
    for (QueueItem& item : batch.items) {
      if (failed_ || wants_to_end()) return;
      std::visit([this](auto& each) { on(std::move(each)); }, item);
    }
    if (batch.overflow) {
      for (auto& [id, track] : tracks_) track->on_overflow(*batch.overflow);
    }
    turn(now_ns);
    check_limits(now_ns);
    if (is_manifest_due(now_ns)) write_manifest(now_ns);
  });
}

void RecordingWriter::on(TrackBegins&& begins) {
  const uint64_t id = begins.info.track;
  if (tracks_.contains(id)) return;
  const bool is_audio = begins.info.kind == "audio", is_listed = next_id_ <= kMaxTracks;
  TrackOutputs outputs{dir_fd_, plan_.tracks && is_listed, is_audio ? mixer_.get() : nullptr,
                       manifest_.room + ": " + begins.info.participant, manifest_.started_unix_ms};
  if (!is_listed) {
    ++manifest_.more_tracks;
    manifest_.detail =
        "there were more than " + std::to_string(kMaxTracks) + " tracks; further ones have no file";
    if (!outputs.mixer) return;
  }
  const std::string name = is_listed ? std::to_string(next_id_++) : "";
  auto track = std::make_unique<TrackRecorder>(name, std::move(begins.info), origin_ns_, outputs);
  const auto muted = muted_.find(track->participant());
  if (muted != muted_.end()) track->set_muted(true, muted->second);
  tracks_.emplace(id, std::move(track));
  has_news_ = true;
}

void RecordingWriter::on(TrackPacket&& packet) {
  const int64_t arrival_ns = packet.packet.arrival_ns;
  const auto found = tracks_.find(packet.track);
  if (found != tracks_.end()) {
    alone(*found->second, [&] { found->second->push(std::move(packet.packet)); });
  }
  if (arrival_ns - turned_ns_ > kTurnNs) turn(arrival_ns);
}

void RecordingWriter::on(const TrackEnds& ends) {
  const auto found = tracks_.find(ends.track);
  if (found == tracks_.end()) return;
  TrackRecorder& track = *found->second;
  alone(track, [&] { track.end(ends.dropped, std::nullopt); });
  if (!ends.why.empty()) track.note("failure", ends.why);
  close_track(track);
  tracks_.erase(found);
}

void RecordingWriter::on(const MuteChanged& change) {
  if (change.muted) {
    if (muted_.size() < kMaxMuted) muted_.emplace(change.participant, change.at_ns);
  } else {
    muted_.erase(change.participant);
  }
  for (auto& [id, track] : tracks_) {
    if (track->participant() == change.participant) track->set_muted(change.muted, change.at_ns);
  }
}

void RecordingWriter::on(const StopRequested& request) { manifest_.ended_by = request.ended_by; }

void RecordingWriter::turn(int64_t now_ns) {
  turned_ns_ = std::max(turned_ns_, now_ns);
  for (auto& [id, track] : tracks_) {
    alone(*track, [&, &track = *track] {
      track.advance(now_ns, now_ns - kFillLagNs);
      track.tick(now_ns);
    });
  }
  mix(now_ns - kFillLagNs - origin_ns_);
  if (mix_file_) mix_file_->tick(now_ns);
}

/// If the encoder fails, the tracks go on.
void RecordingWriter::mix(int64_t until_ns) {
  if (!mix_file_ || has_mix_ended_) return;
  mixed_.clear();
  try {
    mixer_->advance(until_ns, mixed_);
  } catch (const Failure& failure) {
    if (!plan_.tracks) throw;
    has_mix_ended_ = has_news_ = true;
    manifest_.detail = failure.what();
  }
  for (const Frame& frame : mixed_) mix_file_->write(frame);
}

/// Its entry in the manifest outlives it, even if its file could not be finished: the file plays.
void RecordingWriter::close_track(TrackRecorder& track) {
  guarded([&] { track.finish_file(); });
  closed_bytes_ += track.bytes();
  ++ended_tracks_;
  has_news_ = true;
  const size_t before = manifest_.tracks.size();
  list_track(track, manifest_);
  if (manifest_.tracks.size() == before) return;
  // Some megabytes are enough for all gaps and speeches of a long recording.
  TrackEntry& entry = manifest_.tracks.back();
  const size_t room = Manifest::kMaxGapsOfAll - std::min(gaps_, Manifest::kMaxGapsOfAll);
  if (entry.gaps.size() > room) {
    entry.more_gaps += entry.gaps.size() - room;
    entry.gaps.resize(room);
  }
  entry.gaps.shrink_to_fit();
  gaps_ += entry.gaps.size();
}

void RecordingWriter::list_track(const TrackRecorder& track, Manifest& manifest) const {
  TrackEntry entry = track.entry();
  if (entry.id.empty()) return;
  manifest.tracks.push_back(std::move(entry));
  if (const auto file = track.file_entry()) manifest.files.push_back(*file);
  const auto& speech = track.speech().entries();
  const size_t room = Manifest::kMaxSpeech - std::min(manifest.speech.size(), Manifest::kMaxSpeech);
  const auto end = speech.begin() + static_cast<std::ptrdiff_t>(std::min(room, speech.size()));
  manifest.speech.insert(manifest.speech.end(), speech.begin(), end);
}

void RecordingWriter::check_limits(int64_t now_ns) {
  if (now_ns - checked_ns_ < kNsPerS || wants_to_end()) return;
  checked_ns_ = now_ns;
  if (plan_.max_duration_s > 0 && now_ns - origin_ns_ >= plan_.max_duration_s * kNsPerS) {
    manifest_.ended_by = "max-duration";
  } else if (plan_.max_bytes > 0 && bytes() >= static_cast<uint64_t>(plan_.max_bytes)) {
    manifest_.ended_by = "max-bytes";
  }
  struct statvfs disk {};
  if (settings_.min_free_bytes == 0 || fstatvfs(dir_fd_, &disk) != 0) return;
  if (uint64_t{disk.f_bavail} * disk.f_frsize >= settings_.min_free_bytes) return;
  fail("disk-full", "the disk has less than min_free_bytes left (" +
                        std::to_string(settings_.min_free_bytes) + " bytes)");
}

uint64_t RecordingWriter::bytes() const {
  uint64_t sum = closed_bytes_ + (mix_file_ ? mix_file_->bytes() : 0);
  for (const auto& [id, track] : tracks_) sum += track->bytes();
  return sum;
}

void RecordingWriter::finish(int64_t now_ns, int64_t now_unix_ms) {
  if (!failed_) {
    guarded([&] {
      turn(now_ns);
      for (auto& [id, track] : tracks_) {
        alone(*track, [&, &track = *track] { track.end(0, now_ns - origin_ns_); });
      }
      if (mixer_) mix(now_ns - origin_ns_ + mixer_->delay_ns() + kTurnNs);
    });
  }
  // After a failure too: a closed file plays better.
  for (auto& [id, track] : tracks_) close_track(*track);
  tracks_.clear();
  guarded([&] {
    if (mix_file_) mix_file_->finish();
  });
  manifest_ = manifest(now_ns);
  mix_file_.reset();
  mixer_.reset();
  manifest_.ended_unix_ms = manifest_.started_unix_ms + manifest_.duration_ms;
  const int64_t step_ms = now_unix_ms == 0 ? 0 : now_unix_ms - manifest_.ended_unix_ms;
  if (std::abs(step_ms) >= kClockStepMs) manifest_.clock_step_ms = step_ms;
  manifest_.state = failed_ ? State::Failed : State::Finished;
  guarded([&] { write_manifest(now_ns); });
  if (failed_) manifest_.state = State::Failed;  // Writing it may be what fails.
}

Manifest RecordingWriter::manifest(int64_t now_ns) const {
  Manifest copy = manifest_;
  if (copy.ended_unix_ms == 0) copy.duration_ms = (now_ns - origin_ns_) / kNsPerMs;
  for (const auto& [id, track] : tracks_) list_track(*track, copy);
  if (mix_file_) {
    copy.files.push_back({.name = mix_file_->name(),
                          .content_type = mix_file_->content_type(),
                          .bytes = mix_file_->bytes(),
                          .duration_ms = mix_file_->duration_ms()});
  }
  std::stable_sort(copy.speech.begin(), copy.speech.end(),
                   [](const auto& a, const auto& b) { return a.span.start_ms < b.span.start_ms; });
  const auto troubled =
      std::count_if(copy.tracks.begin(), copy.tracks.end(),
                    [](const TrackEntry& track) { return !track.problem.empty(); });
  if (copy.detail.empty() && troubled > 0) {
    copy.detail = std::to_string(troubled) + " of " + std::to_string(copy.tracks.size()) +
                  " tracks had a problem, which their entries name";
  }
  return copy;
}

bool RecordingWriter::is_manifest_due(int64_t now_ns) const {
  const int64_t pause_ns = static_cast<int64_t>(written_bytes_) * (kNsPerS / kManifestBytesPerS);
  return now_ns - written_ns_ >= std::max(pause_ns, has_news_ ? kNewsPeriodNs : kProgressPeriodNs);
}

void RecordingWriter::write_manifest(int64_t now_ns) {
  written_ns_ = now_ns;
  try {
    written_bytes_ = Store::save(dir_fd_, manifest(now_ns));
    has_news_ = false;
  } catch (const Failure& failure) {
    // Files that are open can be written: the manifest is tried again.
    if (wants_to_end() || std::string(reason_of(failure)) != "too-many-files") throw;
  }
}

/// The first failure ends the recording.
void RecordingWriter::guarded(const std::function<void()>& step) noexcept {
  try {
    step();
  } catch (const std::exception& failure) {
    fail(reason_of(failure), failure.what());
  }
}

/// A failure of the track ends it alone, and one of the disk is passed on.
void RecordingWriter::alone(TrackRecorder& track, const std::function<void()>& step) {
  try {
    step();
    return;
  } catch (const IoFailure& failure) {
    if (std::string(reason_of(failure)) != "too-many-files") throw;
    track.fail(problem_of(failure), failure.what());
  } catch (const std::exception& failure) {
    track.fail(problem_of(failure), failure.what());
  }
  has_news_ = true;
  track.finish_file();
}

void RecordingWriter::fail(const std::string& ended_by, const std::string& why) noexcept {
  if (failed_) return;
  failed_ = true;
  manifest_.ended_by = ended_by;
  manifest_.detail = why;
}

}  // namespace veche::recording
