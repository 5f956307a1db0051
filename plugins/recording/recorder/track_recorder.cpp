// SPDX-License-Identifier: Apache-2.0
// Reorders packets, places frames in time, and writes them.
#include "recording/recorder/track_recorder.hpp"

#include <algorithm>
#include <utility>

#include "recording/clock.hpp"

namespace veche::recording {
namespace {

constexpr int64_t kMaxDelayNs = 5'000 * kNsPerMs;
/// File names have at most 64 characters: this leaves room for kind, number and extension.
constexpr size_t kMaxNameInFile = 40;

bool overlap(const Span& a, const Span& b) {
  return a.start_ms < b.end_ms && b.start_ms < a.end_ms;
}

bool any_overlaps(const std::vector<Span>& spans, const Span& span) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const Span& each) { return overlap(each, span); });
}

}  // namespace

TrackRecorder::TrackRecorder(std::string id, TrackInfo info, int64_t origin_ns,
                             const TrackOutputs& outputs)
    : id_(std::move(id)),
      info_(std::move(info)),
      origin_ns_(origin_ns),
      outputs_(outputs),
      clock_(info_.clock_rate, origin_ns),
      depacketizer_(make_depacketizer(info_.codec, info_.fmtp, info_.clock_rate, info_.channels)),
      speech_(info_.participant) {}

void TrackRecorder::push(Packet packet) {
  if (!depacketizer_) return;
  const int64_t arrival_ns = packet.arrival_ns;
  clock_.observe(packet, depacketizer_->span_ns(packet));
  reorder_.push(std::move(packet));
  // With a backlog, the packets' own time says how long to wait for a missing one.
  drain(arrival_ns);
}

void TrackRecorder::advance(int64_t now_ns, int64_t fill_ns) {
  if (!depacketizer_ || ended_) return;
  advanced_ns_ = since_origin(now_ns);
  drain(now_ns);
  fill(since_origin(fill_ns));
  speech_.advance(since_origin(fill_ns));
}

void TrackRecorder::drain(int64_t now_ns) {
  while (const auto ordered = reorder_.pop(now_ns)) handle(*ordered);
}

void TrackRecorder::tick(int64_t now_ns) {
  if (file_) file_->tick(now_ns);
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
  frames_.clear();
  depacketizer_->push(ordered.packet, time_ns, lost, frames_);
  write(frames_);
}

/// How many of the packets missing before time_ns the network has lost. The sender also counts
/// those that it sent while the server muted it, and while the disk stalled.
uint64_t TrackRecorder::judge_loss(uint64_t missing, int64_t time_ns) {
  if (missing == 0) return 0;
  const Span span{last_ns_ / kNsPerMs, time_ns / kNsPerMs};
  if (any_overlaps(overflows_, span)) {
    dropped_ += missing;
    return 0;
  }
  if (any_overlaps(muted_, span) || muted_since_ms_) return 0;
  lost_ += missing;
  return missing;
}

void TrackRecorder::fill(int64_t fill_ns) {
  if (fill_ns <= 0) return;
  frames_.clear();
  depacketizer_->fill_to(fill_ns, frames_);
  write(frames_);
}

void TrackRecorder::write(std::vector<Frame>& frames) {
  for (const Frame& frame : frames) {
    if (outputs_.mixer && info_.kind == "audio") outputs_.mixer->push(info_.track, frame);
    if (!outputs_.to_file) continue;
    if (!file_) {
      // A container begins with the format of its track, which video reveals with its first key
      // frame.
      const Format* format = depacketizer_->format();
      if (!format) continue;
      const std::string stem =
          info_.kind + "-" + id_ + "-" + info_.participant.substr(0, kMaxNameInFile);
      file_ = std::make_unique<MediaFile>(outputs_.dir_fd, stem, *format, outputs_.title,
                                          outputs_.started_unix_ms);
    }
    file_->write(frame);
  }
}

void TrackRecorder::set_muted(bool muted, int64_t at_ns) {
  const int64_t at_ms = std::max<int64_t>(0, since_origin(at_ns)) / kNsPerMs;
  if (muted && !muted_since_ms_) {
    muted_since_ms_ = at_ms;
  } else if (!muted && muted_since_ms_) {
    muted_.push_back({*muted_since_ms_, at_ms});
    muted_since_ms_.reset();
  }
}

void TrackRecorder::on_overflow(const Overflow& overflow) {
  if (ended_) return;
  overflows_.push_back(
      {since_origin(overflow.start_ns) / kNsPerMs, since_origin(overflow.end_ns) / kNsPerMs + 1});
}

void TrackRecorder::end(uint64_t dropped, std::optional<int64_t> until_ns) {
  if (ended_) return;
  dropped_ += dropped;
  // No packet will come that could be waited for.
  if (depacketizer_) drain(INT64_MAX);
  speech_.finish();
  if (depacketizer_ && until_ns) {
    fill(*until_ns);
    depacketizer_->gaps().finish(*until_ns);
  }
  ended_ = true;
  if (outputs_.mixer) outputs_.mixer->remove(info_.track);
}

void TrackRecorder::finish_file() {
  if (file_) file_->finish();
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
  entry.lost = lost_;
  entry.dropped = dropped_;
  entry.gaps = gaps();
  entry.more_gaps = depacketizer_ ? depacketizer_->gaps().more() : 0;
  entry.level_dbov = ended_ ? -127 : speech_.level_dbov(advanced_ns_);
  return entry;
}

std::vector<Gap> TrackRecorder::gaps() const {
  std::vector<Span> muted = muted_;
  if (muted_since_ms_) muted.push_back({*muted_since_ms_, INT64_MAX});
  std::vector<Gap> gaps = depacketizer_ ? depacketizer_->gaps().list() : std::vector<Gap>{};
  for (Gap& gap : gaps) {
    if (any_overlaps(overflows_, gap.span)) {
      gap.reason = "disk";
    } else if (gap.reason == "no-packets" && any_overlaps(muted, gap.span)) {
      gap.reason = "muted";
    }
  }
  return gaps;
}

std::optional<FileEntry> TrackRecorder::file_entry() const {
  if (!file_) return std::nullopt;
  return FileEntry{file_->name(), file_->content_type(), "", file_->bytes(), file_->duration_ms()};
}

}  // namespace veche::recording
