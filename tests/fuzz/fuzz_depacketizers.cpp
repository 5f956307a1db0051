// SPDX-License-Identifier: Apache-2.0
// Fuzz target: whatever packets a stranger sends, the recording's own readers of Opus, AV1 and
// H.264 stay within their bytes, and what they make is whole.
#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

#include "recording/track/av1_depacketizer.hpp"
#include "recording/track/av1_obu.hpp"
#include "recording/track/h264_assembler.hpp"
#include "recording/track/opus_depacketizer.hpp"
#include "recording/track/reorder_buffer.hpp"
#include "recording/track/track_clock.hpp"

namespace {

using namespace veche::recording;
using Bytes = std::span<const uint8_t>;

constexpr int64_t kMs = 1'000'000;

void require(bool holds) {
  if (!holds) std::abort();
}

/// The input as packets: a byte of flags, one of the length, two that move sequence and timestamp,
/// then the payload.
template <class Take>
void for_each_packet(Bytes input, Take&& take) {
  Packet next;
  next.arrival_ns = 1000 * kMs;
  while (input.size() >= 4) {
    const uint8_t flags = input[0];
    const size_t size = std::min<size_t>(input[1], input.size() - 4);
    next.sequence = static_cast<uint16_t>(next.sequence + (flags & 1 ? input[2] * 257 : 1));
    next.timestamp += flags & 2 ? input[3] * 0x1010101U : flags & 4 ? 0 : 960;
    next.arrival_ns += (flags & 8 ? 400 : 20) * kMs;
    next.marker = (flags & 16) != 0;
    next.level.reset();
    if ((flags & 32) != 0) next.level = input[2] & 127;
    next.payload.assign(input.begin() + 4, input.begin() + 4 + static_cast<std::ptrdiff_t>(size));
    input = input.subspan(4 + size);
    take(next);
  }
}

void check_opus(std::vector<Frame>& frames, int64_t& end_ns) {
  for (const Frame& frame : frames) {
    const auto opus = parse_opus(frame.bytes);
    require(opus && frame.time_ns == end_ns);
    require(frame.duration_ns == int64_t{opus->samples} * 125'000 / 6);
    end_ns += frame.duration_ns;
  }
  frames.clear();
}

void record_sound(Bytes input) {
  ReorderBuffer order;
  TrackClock clock(48'000, 0);
  OpusDepacketizer opus(2);
  std::vector<Frame> frames;
  int64_t end_ns = 0, now_ns = 0;
  const auto drain = [&](int64_t until_ns) {
    while (const auto next = order.pop(until_ns)) {
      const int64_t time_ns = clock.time_ns(next->packet.timestamp);
      require(time_ns <= now_ns);
      opus.push(next->packet, time_ns, next->lost, frames);
    }
    check_opus(frames, end_ns);
  };
  for_each_packet(input, [&](const Packet& packet) {
    now_ns = packet.arrival_ns;
    clock.observe(packet, opus.span_ns(packet));
    order.push(Packet(packet));
    drain(now_ns);
    opus.fill_to(now_ns - 1000 * kMs, frames);
    check_opus(frames, end_ns);
  });
  drain(INT64_MAX);
  require(end_ns <= now_ns + 5000 * kMs);
}

void record_av1(Bytes input) {
  Av1Depacketizer av1;
  std::vector<Frame> frames;
  for_each_packet(input, [&](const Packet& packet) {
    av1.push(packet, packet.arrival_ns, packet.sequence % 7 == 0 ? 1 : 0, frames);
  });
  for (const Frame& frame : frames) {
    Bytes rest = frame.bytes;
    require(!rest.empty() && av1.format());
    while (!rest.empty()) {
      const auto obu = parse_obu(rest);
      require(obu && obu->type != ObuType::TemporalDelimiter);
      rest = rest.subspan(
          static_cast<size_t>(obu->payload.data() + obu->payload.size() - rest.data()));
    }
  }
}

void record_h264(Bytes input) {
  H264Assembler h264;
  for_each_packet(input, [&](const Packet& packet) {
    if (packet.sequence % 7 == 0) h264.lose();
    h264.push(packet.payload);
    if (!packet.marker) return;
    const std::vector<uint8_t> unit = h264.take();
    require(unit.empty() || (unit.size() > 4 && unit[3] == 1));
    require(h264.is_empty() && !h264.is_damaged());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input(data, size);
  parse_av1_sequence_header(input);
  record_sound(input);
  record_av1(input);
  record_h264(input);
  return 0;
}
