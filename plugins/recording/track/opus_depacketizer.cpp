// SPDX-License-Identifier: Apache-2.0
// Places Opus packets on a line of samples.
#include "recording/track/opus_depacketizer.hpp"

#include <algorithm>
#include <utility>

namespace veche::recording {
namespace {

constexpr int64_t kShortestGapNs = 500'000'000;
constexpr int64_t kTolerance = OpusDepacketizer::kToleranceNs / 1000 * 48 / 1000;
constexpr int64_t kMostEarly = OpusDepacketizer::kMostEarlyNs / 1000 * 48 / 1000;
/// A longer loss is silent: after 100 ms decoders have faded out.
constexpr int64_t kMostConcealed = 5760;
constexpr uint32_t kFill = 2880;
/// In -dBov: a packet at least this quiet is not speech.
constexpr uint8_t kQuietLevel = 60;

/// 6 samples are 125 us.
int64_t to_samples(int64_t time_ns) {
  return time_ns / 125'000 * 6 + time_ns % 125'000 * 6 / 125'000;
}
int64_t to_ns(int64_t samples) { return samples / 6 * 125'000 + samples % 6 * 125'000 / 6; }

}  // namespace

OpusDepacketizer::OpusDepacketizer(uint32_t channels) : Depacketizer(kShortestGapNs) {
  // RTP says two channels of every Opus track (RFC 7587 section 4.1), and each packet its own: with
  // two in the header nothing is lost.
  format_.codec = Codec::Opus;
  format_.channels = channels == 1 ? 1 : 2;
  format_.codec_private = opus_head(format_.channels);
}

void OpusDepacketizer::push(const Packet& packet, int64_t time_ns, uint64_t lost,
                            std::vector<Frame>& out) {
  const auto opus = parse_opus(packet.payload);
  if (!opus) {
    ++refused_.malformed;
    return;
  }
  const int64_t at = to_samples(time_ns);
  if (leaves_out(packet, *opus, at)) {
    ++refused_.left_out;
    last_ = *opus;
    return;
  }
  const auto lost_samples =
      static_cast<int64_t>(std::min<uint64_t>(lost, 1'000'000)) * last_.samples;
  const bool is_loss = lost > 0 && lost_samples >= (at - heard_) / 2;
  if (is_loss && at - end_ <= kMostConcealed) conceal(at - end_, out);
  if (at - end_ > kTolerance) fill_silence(at - end_, out);
  gaps_.add_data(to_ns(end_), to_ns(end_ + opus->samples), is_loss);
  append(packet.payload, opus->samples, false, out);
  heard_ = end_;
  is_after_silence_ = false;
  last_ = *opus;
}

bool OpusDepacketizer::leaves_out(const Packet& packet, const OpusPacket& opus, int64_t at) const {
  const int64_t early = end_ - at;
  // Without it the error would be larger.
  if (early < opus.samples / 2) return false;
  // Before the recording, or in silence that is written already: later packets must not be late.
  if (is_after_silence_) return true;
  const bool is_quiet = packet.level ? *packet.level >= kQuietLevel : opus.is_empty;
  return early > (is_quiet ? kTolerance : kMostEarly);
}

/// In whole frames of the last packet, to the nearest: the rest is within the tolerance.
void OpusDepacketizer::conceal(int64_t samples, std::vector<Frame>& out) {
  if (last_.samples == 0 || samples <= 0) return;
  const int64_t frame = last_.frame_samples;
  int64_t frames = (samples + frame / 2) / frame;
  const int64_t most = kOpusMaxSamples / frame;
  while (frames > 0) {
    const auto now = static_cast<uint32_t>(std::min(frames, most));
    append(opus_concealment(last_.toc, now), now * last_.frame_samples, true, out);
    frames -= now;
  }
}

void OpusDepacketizer::fill_silence(int64_t samples, std::vector<Frame>& out) {
  const uint32_t channels = last_.samples == 0 ? 1 : last_.channels;
  for (int64_t left = samples / kOpusGrain * kOpusGrain; left > 0;) {
    const auto now = static_cast<uint32_t>(std::min<int64_t>(left, kFill));
    append(opus_silence(now, channels), now, true, out);
    is_after_silence_ = true;
    left -= now;
  }
}

void OpusDepacketizer::begin_at(int64_t time_ns) {
  end_ = heard_ = to_samples(time_ns) / kOpusGrain * kOpusGrain;
}

bool OpusDepacketizer::fill_to(int64_t time_ns, std::vector<Frame>& out) {
  const int64_t samples = to_samples(time_ns) - end_;
  const int64_t step = to_samples(kFillStepNs);
  fill_silence(std::min(samples, step), out);
  return samples > step;
}

int64_t OpusDepacketizer::span_ns(const Packet& packet) const {
  const auto opus = parse_opus(packet.payload);
  return opus ? to_ns(opus->samples) : 0;
}

void OpusDepacketizer::append(std::vector<uint8_t> bytes, uint32_t samples, bool is_filler,
                              std::vector<Frame>& out) {
  const int64_t start_ns = to_ns(end_);
  end_ += samples;
  out.push_back({.time_ns = start_ns,
                 .duration_ns = to_ns(end_) - start_ns,
                 .key = true,
                 .bytes = std::move(bytes),
                 .is_filler = is_filler});
}

}  // namespace veche::recording
