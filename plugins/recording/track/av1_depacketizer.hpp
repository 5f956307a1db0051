// SPDX-License-Identifier: Apache-2.0
// Makes temporal units of AV1 out of RTP packets ("RTP Payload Format For AV1", version 1.0).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recording/track/av1_obu.hpp"
#include "recording/track/av1_sequence_header.hpp"
#include "recording/track/depacketizer.hpp"

namespace veche::recording {

/// Frames are in the low-overhead format: each unit has its size, and there are no temporal
/// delimiters. A temporal unit of which a part was lost is dropped.
class Av1Depacketizer final : public Depacketizer {
 public:
  static constexpr size_t kMaxUnitBytes = 8 << 20;

  Av1Depacketizer();

  void push(const Packet& packet, int64_t time_ns, uint64_t lost, std::vector<Frame>& out) override;
  bool fill_to(int64_t, std::vector<Frame>&) override { return false; }
  const Format* format() const override { return format_ ? &*format_ : nullptr; }

 private:
  bool read(std::span<const uint8_t> payload);
  bool add_element(std::span<const uint8_t> element, bool continues, bool is_continued);
  bool add_unit(std::span<const uint8_t> bytes);
  void read_sequence_header(const Obu& obu, std::span<const uint8_t> unit);
  bool is_key_frame(const Obu& obu) const;
  void finish(std::vector<Frame>& out);

  std::optional<Format> format_;
  bool has_key_ = false;
  Av1SequenceHeader sequence_;
  std::vector<uint8_t> element_;  ///< Its other packets are still to come.
  bool is_element_open_ = false;

  /// The temporal unit that is being read.
  struct Unit {
    int64_t time_ns = 0;
    uint32_t timestamp = 0;
    bool is_open = false, is_damaged = false, is_after_loss = false;
    bool has_sequence_header = false, is_key = false;
    std::vector<uint8_t> bytes;
  } unit_;
};

}  // namespace veche::recording
