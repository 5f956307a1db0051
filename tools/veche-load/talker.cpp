// SPDX-License-Identifier: Apache-2.0
// Makes the packets of one participant.
#include "talker.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "base/big_endian.hpp"

namespace veche::load {
namespace {

constexpr uint32_t kDtxFrames = 20;  // 400 ms.
constexpr size_t kHeaderSize = 12;
constexpr size_t kVoiceStride = 37;
// The extension header takes four more bytes, and padding at most three.
constexpr size_t kMaxExtensions = 4 + 2 + 3 + 17 + 3;
static_assert(kHeaderSize + kMaxExtensions + Voice::kMaxPayload <= Talker::kMaxPacketSize);

/// Header extensions of the one-byte form (RFC 8285 section 4.2).
class ExtensionWriter {
 public:
  explicit ExtensionWriter(uint8_t* begin) : begin_(begin) {}

  void add(uint8_t id, std::span<const uint8_t> value) {
    if (id == 0) return;
    at_[0] = static_cast<uint8_t>(id << 4 | (value.size() - 1));
    at_ = std::copy(value.begin(), value.end(), at_ + 1);
  }
  /// The size of the extension so far: 0 if there is none.
  size_t finish() {
    if (at_ == begin_ + kPrefix) return 0;
    while ((at_ - begin_) % 4 != 0) *at_++ = 0;
    const auto size = static_cast<size_t>(at_ - begin_);
    write_u16(begin_, 0xBEDE);
    write_u16(begin_ + 2, static_cast<uint16_t>(size / 4 - 1));
    return size;
  }

 private:
  static constexpr size_t kPrefix = 4;
  uint8_t* begin_;
  uint8_t* at_ = begin_ + kPrefix;
};

}  // namespace

Talker::Talker(uint16_t index, TalkerFormat format, const std::vector<Turn>& turns,
               const Voice& voice, Silence silence, uint32_t seed)
    : index_(index),
      format_(std::move(format)),
      turns_(turns),
      voice_(voice),
      silence_(silence),
      voice_at_(index * kVoiceStride) {
  std::minstd_rand random(seed + index + 1);
  sequence_ = static_cast<uint16_t>(random());
  timestamp_ = static_cast<uint32_t>(random());
  for (uint32_t i = 0; i < turns.size(); ++i) {
    if (turns[i].talker == index) own_turns_.push_back(i);
  }
}

bool Talker::in_turn(int64_t elapsed_ms) {
  while (next_turn_ < own_turns_.size() && turns_[own_turns_[next_turn_]].end_ms <= elapsed_ms) {
    ++next_turn_;
  }
  return next_turn_ < own_turns_.size() && turns_[own_turns_[next_turn_]].start_ms <= elapsed_ms;
}

size_t Talker::next(int64_t elapsed_ms, int64_t now_ns, std::span<uint8_t, kMaxPacketSize> out) {
  timestamp_ += kFrameTicks;
  if (!in_turn(elapsed_ms)) return write_silence(now_ns, out);
  const uint32_t turn = own_turns_[next_turn_];
  const bool first = sent_turns_.empty() || sent_turns_.back().turn != turn;
  if (first) sent_turns_.push_back({.turn = turn, .frames = 0, .started_ns = now_ns});
  frames_of_silence_ = 0;
  const Mark mark{
      .talker = index_, .turn = turn + 1, .frame = sent_turns_.back().frames++, .sent_ns = now_ns};
  return write(mark, first, voice_.speech[voice_at_++ % voice_.speech.size()], out);
}

size_t Talker::write_silence(int64_t now_ns, std::span<uint8_t, kMaxPacketSize> out) {
  const uint32_t frame = frames_of_silence_++;
  const Mark mark{.talker = index_, .sent_ns = now_ns};
  if (silence_ == Silence::Continuous)
    return write(mark, false, voice_.silence[frame % voice_.silence.size()], out);
  if (silence_ == Silence::Dtx && frame % kDtxFrames == 0)
    return write(mark, false, voice_.dtx[frame / kDtxFrames % voice_.dtx.size()], out);
  return 0;
}

size_t Talker::write(const Mark& mark, bool first_of_turn, const VoiceFrame& frame,
                     std::span<uint8_t, kMaxPacketSize> out) {
  const size_t header_size = write_header(first_of_turn, frame.level, out);
  const auto payload = out.subspan(header_size, frame.payload.size());
  std::copy(frame.payload.begin(), frame.payload.end(), payload.begin());
  write_mark(mark, payload);
  return header_size + payload.size();
}

size_t Talker::write_header(bool marker, uint8_t level, std::span<uint8_t, kMaxPacketSize> out) {
  const uint16_t sequence = sequence_++;
  // Browsers always set the V bit.
  const uint8_t level_value[] = {static_cast<uint8_t>(0x80 | level)};
  // There is one stream, so its sequence numbers are also transport-wide.
  uint8_t transport_value[2];
  write_u16(transport_value, sequence);
  ExtensionWriter extensions(out.data() + kHeaderSize);
  extensions.add(format_.audio_level_extension, level_value);
  extensions.add(format_.transport_cc_extension, transport_value);
  extensions.add(format_.mid_extension,
                 {reinterpret_cast<const uint8_t*>(format_.mid.data()), format_.mid.size()});
  const size_t extensions_size = extensions.finish();
  out[0] = extensions_size != 0 ? 0x90 : 0x80;
  // The marker starts a talkspurt (RFC 3551 section 4.1).
  out[1] = static_cast<uint8_t>((marker ? 0x80 : 0) | format_.payload_type);
  write_u16(out.data() + 2, sequence);
  write_u32(out.data() + 4, timestamp_);
  write_u32(out.data() + 8, format_.ssrc);
  return kHeaderSize + extensions_size;
}

}  // namespace veche::load
