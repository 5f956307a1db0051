// SPDX-License-Identifier: Apache-2.0
// Headers and sizes of AV1's units.
#include "recording/track/av1_obu.hpp"

namespace veche::recording {
namespace {

constexpr uint8_t kForbiddenBit = 0x80, kExtension = 0x04, kHasSize = 0x02;

}  // namespace

std::optional<uint32_t> read_leb128(std::span<const uint8_t>& bytes) noexcept {
  uint64_t value = 0;
  for (size_t i = 0; i < 8 && i < bytes.size(); ++i) {
    value |= uint64_t{bytes[i] & 0x7fU} << (7 * i);
    if ((bytes[i] & 0x80) != 0) continue;
    if (value > UINT32_MAX) return std::nullopt;
    bytes = bytes.subspan(i + 1);
    return static_cast<uint32_t>(value);
  }
  return std::nullopt;
}

std::optional<Obu> parse_obu(std::span<const uint8_t> bytes) noexcept {
  if (bytes.empty() || (bytes[0] & kForbiddenBit) != 0) return std::nullopt;
  const size_t header = (bytes[0] & kExtension) != 0 ? 2 : 1;
  if (bytes.size() < header) return std::nullopt;
  Obu obu{.type = static_cast<ObuType>(bytes[0] >> 3 & 15),
          .header = bytes.first(header),
          .payload = bytes.subspan(header)};
  if ((bytes[0] & kHasSize) == 0) return obu;
  const auto size = read_leb128(obu.payload);
  if (!size || *size > obu.payload.size()) return std::nullopt;
  obu.payload = obu.payload.first(*size);
  return obu;
}

void append_obu(const Obu& obu, std::vector<uint8_t>& out) {
  out.push_back(obu.header[0] | kHasSize);
  out.insert(out.end(), obu.header.begin() + 1, obu.header.end());
  size_t size = obu.payload.size();
  for (; size > 0x7f; size >>= 7) out.push_back(static_cast<uint8_t>(size | 0x80));
  out.push_back(static_cast<uint8_t>(size));
  out.insert(out.end(), obu.payload.begin(), obu.payload.end());
}

}  // namespace veche::recording
