// SPDX-License-Identifier: Apache-2.0
// Reacts to tracks that begin and end, to time, to limits and to full disks.
#include "recording/recorder/recording_writer.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <veche/cpp/failure.hpp>

#include "recording/clock.hpp"
#include "recording/file/atomic_file.hpp"
#include "recording/store/store.hpp"

namespace veche::recording {
namespace {

/// A backlog is processed in steps of this length, so that tracks stay aligned for the mix.
constexpr int64_t kTurnNs = 100 * kNsPerMs;
/// Packets that have not come by then are replaced by silence: longer than the reorder buffer
/// waits, and than a busy machine takes to hand a packet over.
constexpr int64_t kFillLagNs = ReorderBuffer::kHoldNs + 600 * kNsPerMs;
constexpr int64_t kManifestPeriodNs = 2 * kNsPerS;
/// More than any real room has: a client that keeps publishing must not fill the disk with files.
constexpr size_t kMaxTracks = 5000;
constexpr size_t kMaxSpeech = 20'000;

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
    for (auto& [id, track] : tracks_) track->tick(now_ns);
    if (mix_file_) mix_file_->tick(now_ns);
    check_limits(now_ns);
    if (now_ns - written_ns_ >= kManifestPeriodNs) write_manifest(now_ns);
  });
}

void RecordingWriter::on(TrackBegins&& begins) {
  const uint64_t id = begins.info.track;
  if (tracks_.contains(id)) return;
  if (next_id_ > kMaxTracks) {
    manifest_.detail = "there were more than " + std::to_string(kMaxTracks) +
                       " tracks; further ones are not recorded";
    return;
  }
  const bool is_audio = begins.info.kind == "audio";
  const TrackOutputs outputs{dir_fd_, plan_.tracks, is_audio ? mixer_.get() : nullptr,
                             manifest_.room + ": " + begins.info.participant,
                             manifest_.started_unix_ms};
  auto track = std::make_unique<TrackRecorder>(std::to_string(next_id_++), std::move(begins.info),
                                               origin_ns_, outputs);
  const auto muted = muted_.find(track->participant());
  if (muted != muted_.end()) track->set_muted(true, muted->second);
  tracks_.emplace(id, std::move(track));
}

void RecordingWriter::on(TrackPacket&& packet) {
  const int64_t arrival_ns = packet.packet.arrival_ns;
  const auto found = tracks_.find(packet.track);
  if (found != tracks_.end()) found->second->push(std::move(packet.packet));
  if (arrival_ns - turned_ns_ > kTurnNs) turn(arrival_ns);
}

void RecordingWriter::on(const TrackEnds& ends) {
  const auto found = tracks_.find(ends.track);
  if (found == tracks_.end()) return;
  found->second->end(ends.dropped, std::nullopt);
  close_track(*found->second);
  tracks_.erase(found);
}

void RecordingWriter::on(const MuteChanged& change) {
  if (change.muted) {
    muted_.emplace(change.participant, change.at_ns);
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
  for (auto& [id, track] : tracks_) track->advance(now_ns, now_ns - kFillLagNs);
  mix(now_ns - kFillLagNs - origin_ns_);
}

void RecordingWriter::mix(int64_t until_ns) {
  if (!mix_file_) return;
  mixed_.clear();
  mixer_->advance(until_ns, mixed_);
  for (const Frame& frame : mixed_) mix_file_->write(frame);
}

/// Its entry in the manifest outlives it, even if its file could not be finished: the file plays.
void RecordingWriter::close_track(TrackRecorder& track) {
  guarded([&] { track.finish_file(); });
  closed_bytes_ += track.bytes();
  manifest_.tracks.push_back(track.entry());
  if (const auto file = track.file_entry()) manifest_.files.push_back(*file);
  const auto& speech = track.speech().entries();
  manifest_.speech.insert(manifest_.speech.end(), speech.begin(), speech.end());
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

void RecordingWriter::finish(int64_t now_ns) {
  if (!failed_) {
    guarded([&] {
      turn(now_ns);
      for (auto& [id, track] : tracks_) track->end(0, now_ns - origin_ns_);
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
  manifest_.ended_unix_ms = manifest_.started_unix_ms + manifest_.duration_ms;
  for (FileEntry& file : manifest_.files) {
    guarded([&] { file.sha256 = sha256(dir_fd_, file.name); });
  }
  manifest_.state = failed_ ? State::Failed : State::Finished;
  guarded([&] { write_manifest(now_ns); });
}

Manifest RecordingWriter::manifest(int64_t now_ns) const {
  Manifest copy = manifest_;
  if (copy.ended_unix_ms == 0) copy.duration_ms = (now_ns - origin_ns_) / kNsPerMs;
  for (const auto& [id, track] : tracks_) {
    copy.tracks.push_back(track->entry());
    if (const auto file = track->file_entry()) copy.files.push_back(*file);
    const auto& speech = track->speech().entries();
    copy.speech.insert(copy.speech.end(), speech.begin(), speech.end());
  }
  if (mix_file_) {
    copy.files.push_back({mix_file_->name(), mix_file_->content_type(), "", mix_file_->bytes(),
                          mix_file_->duration_ms()});
  }
  std::stable_sort(copy.speech.begin(), copy.speech.end(),
                   [](const auto& a, const auto& b) { return a.span.start_ms < b.span.start_ms; });
  if (copy.speech.size() > kMaxSpeech) copy.speech.resize(kMaxSpeech);
  return copy;
}

void RecordingWriter::write_manifest(int64_t now_ns) {
  written_ns_ = now_ns;
  Store::save(dir_fd_, manifest(now_ns));
}

/// The first failure ends the recording.
void RecordingWriter::guarded(const std::function<void()>& step) noexcept {
  try {
    step();
  } catch (const Failure& failure) {
    fail(failure.code() == VECHE_E_EXHAUSTED ? "disk-full" : "failure", failure.what());
  } catch (const std::exception& exception) {
    fail("failure", exception.what());
  }
}

void RecordingWriter::fail(const std::string& ended_by, const std::string& why) noexcept {
  if (failed_) return;
  failed_ = true;
  manifest_.ended_by = ended_by;
  manifest_.detail = why;
}

}  // namespace veche::recording
