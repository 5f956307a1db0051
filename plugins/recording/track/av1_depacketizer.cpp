// SPDX-License-Identifier: Apache-2.0
// Reads aggregation headers, and reassembles units.
#include "recording/track/av1_depacketizer.hpp"

#include <utility>

namespace veche::recording {
namespace {

constexpr uint8_t kContinues = 0x80, kIsContinued = 0x40;

}  // namespace

Av1Depacketizer::Av1Depacketizer() : Depacketizer(kShortestVideoGapNs) {}

void Av1Depacketizer::push(const Packet& packet, int64_t time_ns, uint64_t lost,
                           std::vector<Frame>& out) {
  if (lost > 0) unit_.is_damaged = unit_.is_open;
  // Its last packet, with the marker, is missing or was never sent.
  if (unit_.is_open && packet.timestamp != unit_.timestamp) finish(out);
  if (!unit_.is_open) {
    unit_ = Unit{.time_ns = time_ns, .timestamp = packet.timestamp, .is_open = true};
    unit_.is_after_loss = lost > 0;
    is_element_open_ = false;
  }
  if (!read(packet.payload)) {
    ++refused_.malformed;
    unit_.is_damaged = true;
  }
  if (packet.marker) finish(out);
}

/// Aggregation header: Z, Y, W (2 bits), N. False if it does not fit the packet.
bool Av1Depacketizer::read(std::span<const uint8_t> payload) {
  if (payload.empty()) return false;
  const uint8_t header = payload[0];
  const uint32_t count = header >> 4 & 3;
  payload = payload.subspan(1);
  for (uint32_t i = 0; !payload.empty(); ++i) {
    if (count > 0 && i == count) return false;
    size_t size = payload.size();
    if (count == 0 || i + 1 < count) {
      const auto said = read_leb128(payload);
      if (!said || *said > payload.size()) return false;
      size = *said;
    }
    const auto element = payload.first(size);
    payload = payload.subspan(size);
    const bool continues = i == 0 && (header & kContinues) != 0;
    const bool is_continued = payload.empty() && (header & kIsContinued) != 0;
    if (!add_element(element, continues, is_continued)) return false;
  }
  return true;
}

bool Av1Depacketizer::add_element(std::span<const uint8_t> element, bool continues,
                                  bool is_continued) {
  if (continues != is_element_open_) {
    // The packet with the other part is lost.
    unit_.is_damaged = true;
    is_element_open_ = false;
    if (continues) return true;
  }
  if (unit_.is_damaged) return true;
  if (!continues && !is_continued) return add_unit(element);
  if (!continues) element_.clear();
  if (element_.size() + element.size() > kMaxUnitBytes) return false;
  element_.insert(element_.end(), element.begin(), element.end());
  is_element_open_ = is_continued;
  return is_continued || add_unit(element_);
}

bool Av1Depacketizer::add_unit(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return true;
  const auto obu = parse_obu(bytes);
  if (!obu || unit_.bytes.size() + bytes.size() > kMaxUnitBytes) return false;
  switch (obu->type) {
    case ObuType::TemporalDelimiter:
    case ObuType::TileList:
    case ObuType::Padding: return true;
    default: break;
  }
  // Tiles whose frame header was in a lost packet.
  if (unit_.is_after_loss && unit_.bytes.empty() && obu->type == ObuType::TileGroup) {
    unit_.is_damaged = true;
    return true;
  }
  const size_t begin = unit_.bytes.size();
  append_obu(*obu, unit_.bytes);
  if (obu->type == ObuType::SequenceHeader) {
    read_sequence_header(*obu, std::span(unit_.bytes).subspan(begin));
  } else if (is_key_frame(*obu)) {
    unit_.is_key = true;
  }
  return true;
}

void Av1Depacketizer::read_sequence_header(const Obu& obu, std::span<const uint8_t> unit) {
  const auto header = parse_av1_sequence_header(obu.payload);
  if (!header) return;
  sequence_ = *header;
  unit_.has_sequence_header = true;
  format_ = Format{.codec = Codec::Av1,
                   .width = header->width,
                   .height = header->height,
                   .codec_private = av1_configuration(*header, unit)};
}

/// Section 5.9.2: show_existing_frame, frame_type, show_frame.
bool Av1Depacketizer::is_key_frame(const Obu& obu) const {
  if (obu.type != ObuType::Frame && obu.type != ObuType::FrameHeader) return false;
  if (obu.payload.empty() || !unit_.has_sequence_header) return false;
  constexpr uint8_t kBits = 0xf0, kShownKeyFrame = 0x10;
  return sequence_.is_reduced || (obu.payload[0] & kBits) == kShownKeyFrame;
}

void Av1Depacketizer::finish(std::vector<Frame>& out) {
  Unit unit = std::exchange(unit_, Unit{});
  const bool is_whole = !unit.is_damaged && !std::exchange(is_element_open_, false);
  if (!is_whole) {
    ++refused_.incomplete;
    return;
  }
  if (unit.bytes.empty()) return;
  if (!has_key_ && !unit.is_key) {
    ++refused_.left_out;
    return;
  }
  has_key_ = true;
  gaps_.add_data(unit.time_ns, unit.time_ns, unit.is_after_loss);
  out.push_back({.time_ns = unit.time_ns, .key = unit.is_key, .bytes = std::move(unit.bytes)});
}

}  // namespace veche::recording
