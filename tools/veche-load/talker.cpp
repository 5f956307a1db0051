// SPDX-License-Identifier: Apache-2.0
// Makes the packets of one participant.
#include "talker.hpp"

#include <algorithm>
#include <utility>

namespace veche::load {
namespace {

constexpr uint32_t kMagic = 0x56454348;  // "VECH"
constexpr size_t kMarkSize = 36;
constexpr size_t kSpeechSize = 80;
constexpr size_t kSilenceSize = kMarkSize;
constexpr uint32_t kDtxFrames = 20;  // 400 ms.

class Writer {
 public:
  explicit Writer(std::span<uint8_t> out) : out_(out) {}
  template <class T>
  void number(T value) {
    for (size_t i = sizeof(T); i-- > 0;) out_[at_++] = static_cast<uint8_t>(value >> (8 * i));
  }
  void text(const std::string& value) {
    for (const char c : value) out_[at_++] = static_cast<uint8_t>(c);
  }
  void zeros(size_t count) {
    std::fill_n(out_.begin() + static_cast<ptrdiff_t>(at_), count, uint8_t{0});
    at_ += count;
  }
  size_t size() const { return at_; }

 private:
  std::span<uint8_t> out_;
  size_t at_ = 0;
};

class Reader {
 public:
  explicit Reader(std::span<const uint8_t> in) : in_(in) {}
  template <class T>
  T number() {
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) value = (value << 8) | in_[at_++];
    return static_cast<T>(value);
  }

 private:
  std::span<const uint8_t> in_;
  size_t at_ = 0;
};

}  // namespace

std::optional<Mark> read_mark(std::span<const uint8_t> payload) noexcept {
  if (payload.size() < kMarkSize) return std::nullopt;
  Reader reader(payload);
  if (reader.number<uint32_t>() != kMagic) return std::nullopt;
  Mark mark;
  mark.talker = reader.number<uint32_t>();
  mark.counter = reader.number<uint32_t>();
  mark.turn = reader.number<uint32_t>();
  mark.frame = reader.number<uint32_t>();
  mark.sent_ns = reader.number<int64_t>();
  mark.turn_started_ns = reader.number<int64_t>();
  return mark;
}

Talker::Talker(uint32_t index, TalkerFormat format, const std::vector<Turn>& turns, Silence silence,
               bool noise_floor, uint32_t seed)
    : index_(index),
      format_(std::move(format)),
      turns_(turns),
      silence_(silence),
      silence_level_(noise_floor ? 70 : 127),
      random_(seed + index + 1),
      sequence_(static_cast<uint16_t>(random_())),
      timestamp_(static_cast<uint32_t>(random_())) {
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
  Mark mark{.talker = index_, .counter = counter_, .sent_ns = now_ns};
  if (!in_turn(elapsed_ms)) {
    const uint32_t frame = frames_of_silence_++;
    const bool due =
        silence_ == Silence::Continuous || (silence_ == Silence::Dtx && frame % kDtxFrames == 0);
    return due ? write(mark, false, silence_level_, kSilenceSize, out) : 0;
  }
  const uint32_t turn = own_turns_[next_turn_];
  const bool first = sent_turns_.empty() || sent_turns_.back().turn != turn;
  if (first) sent_turns_.push_back({.turn = turn, .frames = 0, .started_ns = now_ns});
  SentTurn& sent = sent_turns_.back();
  mark.turn = turn + 1;
  mark.frame = sent.frames++;
  mark.turn_started_ns = sent.started_ns;
  frames_of_silence_ = 0;
  const auto level = static_cast<uint8_t>(24 + random_() % 13);
  return write(mark, first, level, kSpeechSize, out);
}

size_t Talker::write(const Mark& mark, bool first_of_turn, uint8_t level, size_t payload_size,
                     std::span<uint8_t, kMaxPacketSize> out) {
  const TalkerFormat& f = format_;
  const size_t elements = (f.audio_level_extension != 0 ? 2u : 0u) +
                          (f.transport_cc_extension != 0 ? 3u : 0u) +
                          (f.mid_extension != 0 ? 1u + f.mid.size() : 0u);
  const size_t words = (elements + 3) / 4;
  Writer writer(out);
  writer.number(static_cast<uint8_t>(0x80 | (words != 0 ? 0x10 : 0)));
  // The marker begins a talkspurt (RFC 3551 section 4.1).
  writer.number(static_cast<uint8_t>((first_of_turn ? 0x80 : 0) | f.payload_type));
  const uint16_t sequence = sequence_++;
  writer.number(sequence);
  writer.number(timestamp_);
  writer.number(f.ssrc);
  if (words != 0) {
    writer.number(uint16_t{0xBEDE});
    writer.number(static_cast<uint16_t>(words));
  }
  if (f.audio_level_extension != 0) {
    writer.number(static_cast<uint8_t>(f.audio_level_extension << 4));
    // Browsers always set the V bit.
    writer.number(static_cast<uint8_t>(0x80 | level));
  }
  if (f.transport_cc_extension != 0) {
    writer.number(static_cast<uint8_t>((f.transport_cc_extension << 4) | 1));
    // There is one stream, so its sequence numbers count what the transport carries.
    writer.number(sequence);
  }
  if (f.mid_extension != 0) {
    writer.number(static_cast<uint8_t>((f.mid_extension << 4) | (f.mid.size() - 1)));
    writer.text(f.mid);
  }
  writer.zeros(words * 4 - elements);
  writer.number(kMagic);
  writer.number(mark.talker);
  writer.number(mark.counter);
  writer.number(mark.turn);
  writer.number(mark.frame);
  writer.number(mark.sent_ns);
  writer.number(mark.turn_started_ns);
  writer.zeros(payload_size - kMarkSize);
  ++counter_;
  return writer.size();
}

}  // namespace veche::load
