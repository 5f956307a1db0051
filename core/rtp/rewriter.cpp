// SPDX-License-Identifier: Apache-2.0
// Chooses the sequence number and timestamp of each packet of a slot, and writes its new header.
#include "rtp/rewriter.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/big_endian.hpp"
#include "base/time.hpp"
#include "rtp/header_layout.hpp"
#include "rtp/sequence.hpp"
#include "rtp/ticks.hpp"

namespace veche::rtp {
namespace {

constexpr size_t kHeaderWithCsrcSize = 16;
constexpr uint8_t kPadded = 0x20;
constexpr uint8_t kMaxOneByteId = 14;
constexpr size_t kMaxOneByteSize = 16;
constexpr size_t kMaxTwoByteSize = 255;
constexpr uint32_t kFramesPerSecond = 50;  // Frames of 20 ms, Opus' default.
/// A timestamp further ahead of the clock than any pre-roll is not trusted.
constexpr uint32_t kMaxAheadS = 10;

}  // namespace

Rewriter::Rewriter(SlotFormat format, uint16_t first_sequence, uint32_t first_timestamp)
    : format_(std::move(format)),
      last_sequence_(static_cast<uint16_t>(first_sequence - 1)),
      last_timestamp_(first_timestamp),
      clock_start_timestamp_(first_timestamp) {
  if (format_.mid.empty() || format_.mid.size() > kMaxTwoByteSize) format_.mid_extension = 0;
  two_byte_ = std::max({format_.mid_extension, format_.audio_level_extension,
                        format_.transport_cc_extension}) > kMaxOneByteId ||
              (format_.mid_extension != 0 && format_.mid.size() > kMaxOneByteSize);
}

int Rewriter::ahead_of_newest(const PacketView& packet) const noexcept {
  return distance(newest_, packet.sequence());
}

bool Rewriter::begins_source(const PacketView& packet) const noexcept {
  // Skipped packets with gaps before them let the second distance grow past the first. The first,
  // if it is small enough, keeps the second from wrapping.
  return fresh_ || ahead_of_newest(packet) > kMaxGap ||
         distance(last_sequence_, static_cast<uint16_t>(packet.sequence() + sequence_offset_)) >
             kMaxGap;
}

bool Rewriter::claim(int ahead) noexcept {
  if (ahead > 0) {
    taken_ <<= static_cast<size_t>(ahead);
    closed_ <<= static_cast<size_t>(ahead);
    newest_ = static_cast<uint16_t>(newest_ + ahead);
    inserted_.advance(newest_);
    taken_.set(0);
    return true;
  }
  const auto behind = static_cast<uint32_t>(-ahead);
  if (behind > kWindow || taken_[behind]) return false;
  taken_.set(behind);
  return true;
}

void Rewriter::skip(const PacketView& packet) noexcept {
  fresh_ = begins_source(packet);
  if (fresh_) return;
  const int ahead = ahead_of_newest(packet);
  if (!claim(ahead)) return;
  // A later packet was sent already, so the gap stays.
  const auto behind = static_cast<size_t>(std::max(-ahead, 0));
  const bool newer_was_sent = ((taken_ & ~closed_) << (taken_.size() - behind)).any() ||
                              inserted_.since(packet.sequence()) > 0;
  if (newer_was_sent) return;
  closed_.set(behind);
  --sequence_offset_;
}

void Rewriter::begin_source(const PacketView& packet, int64_t now_ns) noexcept {
  fresh_ = false;
  newest_ = packet.sequence();
  taken_.set();
  closed_.reset();
  inserted_.clear();
  sequence_offset_ = static_cast<uint16_t>(last_sequence_ + 1 - newest_);
  timestamp_offset_ = start_timestamp(now_ns) - packet.timestamp();
}

uint32_t Rewriter::by_clock(int64_t now_ns) const noexcept {
  return clock_start_timestamp_ +
         static_cast<uint32_t>(ns_to_ticks(
             std::max<int64_t>(0, now_ns - clock_start_ns_.value_or(now_ns)), format_.clock_rate));
}

void Rewriter::follow(uint16_t sequence, uint32_t timestamp, int64_t now_ns) noexcept {
  last_sequence_ = sequence;
  last_timestamp_ = timestamp;
  const auto ahead = static_cast<int32_t>(timestamp - by_clock(now_ns));
  if (ahead > 0 && static_cast<uint32_t>(ahead) <= kMaxAheadS * format_.clock_rate) {
    clock_start_timestamp_ += static_cast<uint32_t>(ahead);
  }
}

uint32_t Rewriter::start_timestamp(int64_t now_ns) noexcept {
  if (!clock_start_ns_) {
    clock_start_ns_ = now_ns;
    return clock_start_timestamp_;
  }
  const uint32_t now = by_clock(now_ns);
  const uint32_t earliest = last_timestamp_ + format_.clock_rate / kFramesPerSecond;
  const auto ahead = static_cast<int32_t>(earliest - now);
  if (ahead <= 0) return now;
  if (static_cast<uint32_t>(ahead) > kMaxAheadS * format_.clock_rate) {
    clock_start_ns_ = now_ns;
    clock_start_timestamp_ = earliest;
  }
  return earliest;
}

size_t Rewriter::extension_size(bool with_level) const noexcept {
  const size_t head = two_byte_ ? 2 : 1;
  const size_t elements = (format_.transport_cc_extension != 0 ? head + 2 : 0) +
                          (format_.mid_extension != 0 ? head + format_.mid.size() : 0) +
                          (with_level && format_.audio_level_extension != 0 ? head + 1 : 0);
  return elements == 0 ? 0 : kExtensionHeaderSize + (elements + 3) / 4 * 4;
}

size_t Rewriter::max_size(const PacketView& packet) const noexcept {
  return max_own_size(packet.payload().size());
}

size_t Rewriter::max_own_size(size_t payload_size) const noexcept {
  return kHeaderWithCsrcSize + extension_size(true) + payload_size;
}

std::optional<PacketView> Rewriter::write(const PacketView& packet, uint32_t source_number,
                                          std::optional<AudioLevel> level, int64_t now_ns,
                                          std::span<uint8_t> out) noexcept {
  const size_t size =
      kHeaderWithCsrcSize + extension_size(level.has_value()) + packet.payload().size();
  // Before the packet's number is taken.
  if (size > std::min<size_t>(out.size(), UINT16_MAX)) return std::nullopt;

  const bool begins = begins_source(packet);
  if (begins) begin_source(packet, now_ns);
  const int ahead = ahead_of_newest(packet);
  if (!begins && !claim(ahead)) return std::nullopt;

  const auto behind = static_cast<size_t>(std::max(-ahead, 0));
  const auto closed_since = (closed_ << (closed_.size() - behind)).count();
  const size_t inserted_since = behind > 0 ? inserted_.since(packet.sequence()) : 0;
  const auto sequence =
      static_cast<uint16_t>(packet.sequence() + sequence_offset_ + closed_since - inserted_since);
  if (distance(sequence, last_sequence_) > static_cast<int>(kWindow)) return std::nullopt;
  const uint32_t timestamp = packet.timestamp() + timestamp_offset_;
  if (distance(last_sequence_, sequence) > 0) follow(sequence, timestamp, now_ns);

  return put({begins || packet.marker(), sequence, timestamp, source_number, level},
             packet.payload(), out);
}

std::optional<PacketView> Rewriter::write_own(std::span<const uint8_t> payload,
                                              uint32_t source_number,
                                              std::optional<AudioLevel> level, int64_t now_ns,
                                              std::span<uint8_t> out) noexcept {
  if (!clock_start_ns_) return std::nullopt;
  const auto sequence = static_cast<uint16_t>(last_sequence_ + 1);
  const uint32_t timestamp = start_timestamp(now_ns);
  const auto written = put({false, sequence, timestamp, source_number, level}, payload, out);
  if (!written) return std::nullopt;
  follow(sequence, timestamp, now_ns);
  fresh_ = true;
  return written;
}

std::optional<PacketView> Rewriter::write_padding(uint32_t source_number,
                                                  std::span<uint8_t> out) noexcept {
  const size_t header_size = kHeaderWithCsrcSize + extension_size(false);
  if (!clock_start_ns_ || out.size() <= header_size) return std::nullopt;
  std::array<uint8_t, UINT8_MAX> padding{};
  const size_t size = std::min(out.size() - header_size, padding.size());
  padding[size - 1] = static_cast<uint8_t>(size);  // RFC 3550 section 5.1: it counts all of them.
  // The numbers of the source's lost packets stay free for them.
  const auto sequence = static_cast<uint16_t>(
      (fresh_ ? last_sequence_ : static_cast<uint16_t>(newest_ + sequence_offset_)) + 1);
  auto written = put({false, sequence, last_timestamp_, source_number, std::nullopt},
                     std::span(padding).first(size), out);
  if (!written || (!fresh_ && !inserted_.add(newest_))) return std::nullopt;
  out[0] |= kPadded;
  written->payload_size_ = 0;
  last_sequence_ = sequence;
  ++sequence_offset_;
  return written;
}

std::optional<PacketView> Rewriter::put(const Header& header, std::span<const uint8_t> payload,
                                        std::span<uint8_t> out) const noexcept {
  const size_t extensions = extension_size(header.level.has_value());
  const size_t header_size = kHeaderWithCsrcSize + extensions;
  const size_t size = header_size + payload.size();
  if (size > std::min<size_t>(out.size(), UINT16_MAX)) return std::nullopt;
  out[0] = static_cast<uint8_t>(0x80 | (extensions != 0 ? 0x10 : 0) | 1);
  out[1] = static_cast<uint8_t>((header.marker ? 0x80 : 0) | (format_.payload_type & 0x7f));
  write_u16(&out[2], header.sequence);
  write_u32(&out[4], header.timestamp);
  write_u32(&out[8], format_.ssrc);
  write_u32(&out[12], header.source_number);
  write_extensions(header.level, out.subspan(kHeaderWithCsrcSize, extensions));
  std::copy(payload.begin(), payload.end(), out.begin() + static_cast<ptrdiff_t>(header_size));
  PacketView written;
  written.data_ = out.data();
  written.size_ = static_cast<uint16_t>(size);
  written.header_size_ = static_cast<uint16_t>(header_size);
  written.extension_size_ = static_cast<uint16_t>(extensions);
  written.payload_size_ = static_cast<uint16_t>(payload.size());
  return written;
}

void Rewriter::write_extensions(std::optional<AudioLevel> level,
                                std::span<uint8_t> out) const noexcept {
  if (out.empty()) return;
  std::fill(out.begin(), out.end(), uint8_t{0});
  write_u16(&out[0], two_byte_ ? 0x1000 : 0xBEDE);
  write_u16(&out[2], static_cast<uint16_t>((out.size() - kExtensionHeaderSize) / 4));
  uint8_t* at = out.data() + kExtensionHeaderSize;
  const auto begin_element = [&](uint8_t id, size_t size) {
    if (two_byte_) {
      *at++ = id;
      *at++ = static_cast<uint8_t>(size);
    } else {
      *at++ = static_cast<uint8_t>((id << 4) | (size - 1));
    }
  };
  if (format_.transport_cc_extension != 0) {  // The first: see transport_number_at().
    begin_element(format_.transport_cc_extension, 2);
    at += 2;
  }
  if (format_.mid_extension != 0) {
    begin_element(format_.mid_extension, format_.mid.size());
    at = std::copy(format_.mid.begin(), format_.mid.end(), at);
  }
  if (level && format_.audio_level_extension != 0) {
    begin_element(format_.audio_level_extension, 1);
    *at = static_cast<uint8_t>((level->voice ? 0x80 : 0) | (level->level & 0x7f));
  }
}

}  // namespace veche::rtp
