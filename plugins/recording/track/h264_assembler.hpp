// SPDX-License-Identifier: Apache-2.0
// Reassembles the NAL units of H.264 from RTP packets (RFC 6184).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace veche::recording {

/// Of packetization modes 0 and 1: single units, STAP-A, FU-A. GStreamer 1.22's own depayloader
/// reads and writes past short fragments, so it never sees a client's packets. One thread.
class H264Assembler {
 public:
  static constexpr size_t kMaxUnitBytes = 8 << 20;

  /// The payload of the next packet. False: it breaks a rule, and was left out.
  bool push(std::span<const uint8_t> payload);
  /// Packets are missing before the next one: the unit that they are a part of is dropped.
  void lose();
  /// The access unit so far, with start codes (ISO/IEC 14496-10 annex B), and begins a new one.
  std::vector<uint8_t> take();

  bool is_empty() const noexcept { return bytes_.empty(); }
  /// A unit of the access unit that is being put together has been dropped.
  bool is_damaged() const noexcept { return is_damaged_; }

 private:
  bool add_unit(std::span<const uint8_t> unit);
  bool add_aggregate(std::span<const uint8_t> units);
  bool add_fragment(std::span<const uint8_t> payload);
  bool append(std::span<const uint8_t> bytes);

  std::vector<uint8_t> bytes_;
  bool is_fragment_open_ = false;
  size_t fragment_begin_ = 0;
  bool is_damaged_ = false;
};

}  // namespace veche::recording
