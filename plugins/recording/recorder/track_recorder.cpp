// SPDX-License-Identifier: Apache-2.0
// Reorders packets, places frames in time, and writes them.
#include "recording/recorder/track_recorder.hpp"

#include <algorithm>
#include <utility>
#include <veche/cpp/failure.hpp>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

constexpr int64_t kMaxDelayNs = 5'000 * kNsPerMs;
/// File names have at most 64 characters: this leaves room for kind, number and extension.
constexpr size_t kMaxNameInFile = 40;
/// Packets of the source before may come this long after another one has begun.
constexpr int64_t kStragglersNs = 2 * kNsPerS;
/// A packet this far ahead of the others is preceded by silence in steps.
constexpr int64_t kFillBehindNs = kNsPerS;

}  // namespace

TrackRecorder::TrackRecorder(std::string id, TrackInfo info, int64_t origin_ns,
                             const TrackOutputs& outputs)
    : id_(std::move(id)),
      info_(std::move(info)),
      origin_ns_(origin_ns),
      outputs_(outputs),
      clock_(std::max(info_.clock_rate, 1U), origin_ns),
      check_(std::max(info_.clock_rate, 1U)),
      speech_(info_.participant),
      clock_rate_(std::max(info_.clock_rate, 1U)),
      foreign_before_(info_.foreign ? info_.foreign->load(std::memory_order_relaxed) : 0) {
  if (info_.is_encrypted) {
    fail("encrypted", "its publisher encrypts it end to end: nothing of it can be recorded");
    return;
  }
  try {
    depacketizer_ = make_depacketizer(info_.codec, info_.fmtp, info_.clock_rate, info_.channels);
    if (depacketizer_) return;
    fail("unsupported-codec", "the codec " + info_.codec + " at " +
                                  std::to_string(info_.clock_rate) + " Hz cannot be recorded");
  } catch (const std::exception& failure) {
    fail("missing-element", failure.what());
  }
}

void TrackRecorder::push(Packet packet) {
  if (ended_ || !follow_source(packet)) return;
  const int64_t arrival_ns = packet.arrival_ns;
  if (info_.kind == "audio") {
    if (const auto finding = check_.observe(packet)) follow_clock(*finding);
  }
  clock_.observe(packet, depacketizer_->span_ns(packet));
  reorder_.push(std::move(packet));
  // With a backlog, the packets' own time says how long to wait for a missing one.
  drain(arrival_ns);
}

/// False if the packet comes too late, because its sender uses another SSRC already.
bool TrackRecorder::follow_source(const Packet& packet) {
  if (!std::exchange(ssrc_, ssrc_.value_or(packet.ssrc)) || packet.ssrc == *ssrc_) return true;
  if (packet.ssrc == ssrc_before_ && packet.arrival_ns - switched_ns_ < kStragglersNs) {
    ++losses_.late;
    return false;
  }
  drain(INT64_MAX);
  ssrc_before_ = std::exchange(ssrc_, packet.ssrc);
  switched_ns_ = packet.arrival_ns;
  reorder_.begin_source();
  clock_.begin_source(clock_rate_);
  check_.begin_source();
  return true;
}

void TrackRecorder::follow_clock(const ClockCheck::Finding& finding) {
  problem_ = "wrong-clock";
  detail_ = "its RTP timestamps count about " + std::to_string(finding.measured_hz) +
            " a second, and " + info_.codec + " needs " + std::to_string(info_.clock_rate) +
            "; mend the sender";
  if (finding.likely_hz == 0) return;
  detail_ += ". The recording follows them from there on";
  drain(INT64_MAX);
  clock_rate_ = finding.likely_hz;
  clock_.begin_source(clock_rate_);
}

void TrackRecorder::advance(int64_t now_ns, int64_t fill_ns) {
  if (ended_) return;
  advanced_ns_ = since_origin(now_ns);
  drain(now_ns);
  fill(since_origin(fill_ns));
  speech_.advance(since_origin(fill_ns));
}

void TrackRecorder::drain(int64_t now_ns) {
  while (const auto ordered = reorder_.pop(now_ns)) handle(*ordered);
}

void TrackRecorder::tick(int64_t now_ns) {
  if (file_ && !ended_) file_->tick(now_ns);
}

void TrackRecorder::handle(const ReorderBuffer::Ordered& ordered) {
  // A sender's clock is not trusted: packets are captured before they arrive, and not long before.
  const int64_t arrived_ns = since_origin(ordered.packet.arrival_ns);
  const int64_t time_ns =
      std::clamp(clock_.time_ns(ordered.packet.timestamp), arrived_ns - kMaxDelayNs, arrived_ns);
  ++packets_;
  const uint64_t lost = judge_loss(ordered.lost, time_ns);
  if (first_ns_ < 0) first_ns_ = std::max<int64_t>(0, time_ns);
  last_ns_ = std::max(last_ns_, time_ns);
  if (info_.kind == "audio" && time_ns >= 0) {
    speech_.push(ordered.packet.level, ordered.packet.payload.size(), time_ns);
  }
  begin(time_ns);
  fill(time_ns - kFillBehindNs);
  frames_.clear();
  depacketizer_->push(ordered.packet, time_ns, lost, frames_);
  write(frames_);
}

/// Only its first packet says when a track begins.
void TrackRecorder::begin(int64_t time_ns) {
  if (std::exchange(has_begun_, true)) return;
  if (time_ns > kMostLeadNs || !outputs_.to_file) {
    depacketizer_->begin_at(std::max<int64_t>(time_ns, 0));
  }
}

/// How many of the packets missing before time_ns the network has lost. The sender also counts
/// those that it sent while the server muted it, and while the disk stalled.
uint64_t TrackRecorder::judge_loss(uint64_t missing, int64_t time_ns) {
  if (missing == 0) return 0;
  const Span span{last_ns_ / kNsPerMs, time_ns / kNsPerMs};
  if (times_.has_overflown(span)) {
    losses_.dropped += missing;
    return 0;
  }
  if (times_.was_muted(span)) return 0;
  losses_.lost += missing;
  return missing;
}

void TrackRecorder::fill(int64_t fill_ns) {
  if (fill_ns <= 0 || !has_begun_) return;
  for (bool is_more = true; is_more;) {
    frames_.clear();
    is_more = depacketizer_->fill_to(fill_ns, frames_);
    write(frames_);
  }
}

void TrackRecorder::write(std::vector<Frame>& frames) {
  for (Frame& frame : frames) {
    if (outputs_.mixer) mix(frame);
    if (outputs_.to_file) write_to_file(frame);
  }
}

/// A track that cannot be decoded is still in its file.
void TrackRecorder::mix(const Frame& frame) {
  try {
    if (!outputs_.mixer->push(info_.track, frame) && !frame.is_filler) ++losses_.mix_dropped;
  } catch (const Failure& failure) {
    std::exchange(outputs_.mixer, nullptr)->remove(info_.track);
    problem_ = "decoder";
    detail_ = failure.what();
  }
}

void TrackRecorder::write_to_file(Frame& frame) {
  if (!file_) {
    // A container begins with the format of its track, which video reveals with its first key
    // frame.
    const Format* format = depacketizer_->format();
    if (!format) return;
    if (frame.time_ns > kMostLeadNs) start_ns_ = frame.time_ns / kNsPerMs * kNsPerMs;
    const std::string stem =
        info_.kind + "-" + id_ + "-" + info_.participant.substr(0, kMaxNameInFile);
    file_ = std::make_unique<MediaFile>(outputs_.dir_fd, stem, *format, outputs_.title,
                                        outputs_.started_unix_ms + start_ns_ / kNsPerMs);
  }
  frame.time_ns -= start_ns_;
  file_->write(frame);
}

void TrackRecorder::on_overflow(const Overflow& overflow) {
  if (ended_) return;
  times_.add_overflow(since_origin(overflow.start_ns), since_origin(overflow.end_ns));
}

void TrackRecorder::end(uint64_t dropped, std::optional<int64_t> until_ns) {
  losses_.dropped += dropped;
  if (ended_) return;
  // No packet will come that could be waited for.
  drain(INT64_MAX);
  if (until_ns) {
    fill(*until_ns);
    depacketizer_->gaps().finish(*until_ns);
  }
  release();
}

void TrackRecorder::note(const std::string& problem, const std::string& why) {
  problem_ = problem;
  detail_ = why;
}

void TrackRecorder::fail(const std::string& problem, const std::string& why) noexcept {
  if (ended_) return;
  problem_ = problem;
  detail_ = why;
  release();
}

void TrackRecorder::release() noexcept {
  ended_ = true;
  speech_.finish();
  if (depacketizer_) {
    refused_ = depacketizer_->refused();
    gaps_ = std::move(depacketizer_->gaps());
    depacketizer_.reset();
  }
  frames_ = {};
  losses_.late += reorder_.late();
  losses_.refused += reorder_.refused();
  reorder_ = ReorderBuffer();
  if (!outputs_.mixer) return;
  losses_.mix_failed += outputs_.mixer->malformed_of(info_.track);
  std::exchange(outputs_.mixer, nullptr)->remove(info_.track);
}

void TrackRecorder::finish_file() {
  if (file_ && !std::exchange(is_finished_, true)) file_->finish();
}

Losses TrackRecorder::losses() const {
  Losses all = losses_;
  const Depacketizer::Refused& refused = depacketizer_ ? depacketizer_->refused() : refused_;
  all.late += reorder_.late();
  all.refused += reorder_.refused() + refused.malformed;
  all.left_out += refused.left_out;
  all.incomplete += refused.incomplete;
  all.restarts += clock_.restarts();
  if (outputs_.mixer) all.mix_failed += outputs_.mixer->malformed_of(info_.track);
  if (info_.foreign) {
    all.foreign += info_.foreign->load(std::memory_order_relaxed) - foreign_before_;
  }
  return all;
}

TrackEntry TrackRecorder::entry() const {
  TrackEntry entry;
  entry.id = id_;
  entry.participant = info_.participant;
  entry.name = info_.name;
  entry.kind = info_.kind;
  entry.codec = info_.codec;
  entry.file = file_ ? file_->name() : "";
  entry.span = {std::max<int64_t>(0, first_ns_) / kNsPerMs, last_ns_ / kNsPerMs};
  entry.packets = packets_;
  entry.losses = losses();
  entry.problem = problem_;
  entry.detail = detail_;
  const GapLog& gaps = depacketizer_ ? depacketizer_->gaps() : gaps_;
  entry.gaps = gaps.list();
  entry.more_gaps = gaps.more();
  times_.explain(entry.gaps);
  entry.level_dbov = ended_ ? -127 : speech_.level_dbov(advanced_ns_);
  return entry;
}

std::optional<FileEntry> TrackRecorder::file_entry() const {
  if (!file_) return std::nullopt;
  return FileEntry{.name = file_->name(),
                   .content_type = file_->content_type(),
                   .bytes = file_->bytes(),
                   .duration_ms = file_->duration_ms(),
                   .start_ms = start_ns_ / kNsPerMs};
}

}  // namespace veche::recording
