// SPDX-License-Identifier: Apache-2.0
// Makes room in Opus packets with libopus, and writes and reads marks there.
#include "mark.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <string>

#include "base/big_endian.hpp"

namespace veche::load {
namespace {

constexpr uint32_t kMagic = 0x56454348;  // "VECH"
/// The overhead of code 3: the frame count byte and the padding count byte.
constexpr size_t kCodeThreeBytes = 2;
constexpr uint8_t kCodeThree = 3, kPaddingFlag = 0x40;

}  // namespace

Result<std::vector<uint8_t>> with_room_for_mark(std::span<const uint8_t> opus) {
  std::vector<uint8_t> padded(opus.begin(), opus.end());
  padded.resize(opus.size() + kCodeThreeBytes + kMarkSize);
  const int status = opus_packet_pad(padded.data(), static_cast<opus_int32>(opus.size()),
                                     static_cast<opus_int32>(padded.size()));
  if (status != OPUS_OK)
    return internal(std::string("libopus cannot pad: ") + opus_strerror(status));
  return padded;
}

void write_mark(const Mark& mark, std::span<uint8_t> payload) noexcept {
  uint8_t* const at = payload.last(kMarkSize).data();
  write_u32(at, kMagic);
  write_u16(at + 4, mark.talker);
  write_u32(at + 6, mark.turn);
  write_u32(at + 10, mark.frame);
  write_u64(at + 14, static_cast<uint64_t>(mark.sent_ns));
}

std::optional<Mark> read_mark(std::span<const uint8_t> payload) noexcept {
  const bool padded = payload.size() > kMarkSize + kCodeThreeBytes &&
                      (payload[0] & kCodeThree) == kCodeThree && (payload[1] & kPaddingFlag) != 0;
  if (!padded) return std::nullopt;
  const uint8_t* const at = payload.last(kMarkSize).data();
  if (read_u32(at) != kMagic) return std::nullopt;
  return Mark{.talker = read_u16(at + 4),
              .turn = read_u32(at + 6),
              .frame = read_u32(at + 10),
              .sent_ns = static_cast<int64_t>(read_u64(at + 14))};
}

}  // namespace veche::load
