// SPDX-License-Identifier: Apache-2.0
// Single units, aggregates and fragments of H.264.
#include "recording/track/h264_assembler.hpp"

#include <array>
#include <utility>

#include "recording/big_endian.hpp"

namespace veche::recording {
namespace {

constexpr uint8_t kStapA = 24, kFuA = 28, kTypeMask = 0x1f;
constexpr uint8_t kForbidden = 0x80, kStart = 0x80, kEnd = 0x40;
constexpr std::array<uint8_t, 4> kStartCode{0, 0, 0, 1};

}  // namespace

bool H264Assembler::push(std::span<const uint8_t> payload) {
  if (payload.empty() || (payload[0] & kForbidden) != 0) return false;
  const uint8_t type = payload[0] & kTypeMask;
  if (type == kFuA) return add_fragment(payload);
  // The end of the fragments is missing.
  if (is_fragment_open_) lose();
  return type == kStapA ? add_aggregate(payload.subspan(1)) : add_unit(payload);
}

void H264Assembler::lose() {
  if (!std::exchange(is_fragment_open_, false)) return;
  bytes_.resize(fragment_begin_);
  is_damaged_ = true;
}

std::vector<uint8_t> H264Assembler::take() {
  lose();
  is_damaged_ = false;
  return std::exchange(bytes_, {});
}

bool H264Assembler::add_unit(std::span<const uint8_t> unit) {
  constexpr uint8_t kLastSingle = 23;
  if (unit.size() < 2) return false;
  const uint8_t type = unit[0] & kTypeMask;
  return type > 0 && type <= kLastSingle && append(kStartCode) && append(unit);
}

bool H264Assembler::add_aggregate(std::span<const uint8_t> units) {
  while (!units.empty()) {
    if (units.size() < 2) return false;
    const size_t size = read_big_endian(units.first(2));
    units = units.subspan(2);
    if (size > units.size() || !add_unit(units.first(size))) return false;
    units = units.subspan(size);
  }
  return true;
}

bool H264Assembler::add_fragment(std::span<const uint8_t> payload) {
  if (payload.size() < 3) return false;
  const uint8_t header = payload[1];
  if ((header & kStart) != 0) {
    lose();
    const std::array unit{static_cast<uint8_t>((payload[0] & ~kTypeMask) | (header & kTypeMask))};
    fragment_begin_ = bytes_.size();
    if (!append(kStartCode) || !append(unit)) return false;
    is_fragment_open_ = true;
  } else if (!is_fragment_open_) {
    // The network lost its beginning; the sender did nothing wrong.
    is_damaged_ = true;
    return true;
  }
  if (!append(payload.subspan(2))) {
    lose();
    return false;
  }
  if ((header & kEnd) != 0) is_fragment_open_ = false;
  return true;
}

bool H264Assembler::append(std::span<const uint8_t> bytes) {
  if (bytes_.size() + bytes.size() > kMaxUnitBytes) return false;
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return true;
}

}  // namespace veche::recording
