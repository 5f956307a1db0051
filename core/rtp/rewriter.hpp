// SPDX-License-Identifier: Apache-2.0
// Makes one continuous RTP stream of the sources that fill a slot in turn.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rtp/inserted_numbers.hpp"
#include "rtp/packet_view.hpp"

namespace veche::rtp {

/// The slot's stream on the wire.
struct SlotFormat {
  uint32_t ssrc = 0;
  uint32_t clock_rate = 48000;
  uint8_t payload_type = 0;
  uint8_t red_payload_type = 0;        ///< Of packets that convert_red() makes; 0: none.
  uint8_t mid_extension = 0;           ///< Id for this receiver; 0: not negotiated.
  uint8_t audio_level_extension = 0;   ///< Likewise.
  uint8_t transport_cc_extension = 0;  ///< Likewise. Its number is written later: 0 until then.
  std::string mid;                     ///< A mid over 255 bytes is not written.
};

/// A fresh header for each packet: SSRC and payload type of the slot, continuous sequence numbers
/// and timestamps, the source number as CSRC, header extensions renumbered for the receiver,
/// payload copied. No allocation after the constructor. [lane]
///
/// Within one source distances are kept: gaps of lost packets stay gaps, reordered packets keep
/// their place. Across a switch the sequence number continues by one, and the timestamp by the
/// elapsed time, at least one frame. What a burst put ahead of the clock stays ahead of it: for a
/// receiver a timestamp that falls back means packets that are late, and it would delay everything
/// that follows. A source that jumps ahead by more than kMaxGap packets counts as
/// another source: such jumps could put the receiver's SRTP rollover counter out of step for good.
class Rewriter {
 public:
  Rewriter(SlotFormat format, uint16_t first_sequence, uint32_t first_timestamp);

  /// The next packet starts another source.
  void switch_source() noexcept { fresh_ = true; }

  /// A packet of this source was dropped on purpose: the gap closes, so that the receiver does not
  /// count a loss.
  void skip(const PacketView& packet) noexcept;

  /// The most bytes that write() needs for this packet.
  size_t max_size(const PacketView& packet) const noexcept;

  /// Writes the packet into `out` and returns a view of it. Nothing if the packet must not be sent:
  /// it is a duplicate, older than the switch, too old (more than kWindow behind the newest, in its
  /// own numbers or the slot's), or does not fit into `out`. SRTP never sees a sequence number
  /// twice (RFC 3711 section 9.1: a reused index breaks the cipher). `level` is written if it was
  /// negotiated.
  std::optional<PacketView> write(const PacketView& packet, uint32_t source_number,
                                  std::optional<AudioLevel> level, int64_t now_ns,
                                  std::span<uint8_t> out) noexcept;

  /// Writes a packet of the server's own, with a timestamp as at a switch: how a source ends that
  /// no longer fills the slot. The next packet of any source starts another one. Nothing if the
  /// slot has sent nothing, or it does not fit.
  std::optional<PacketView> write_own(std::span<const uint8_t> payload, uint32_t source_number,
                                      std::optional<AudioLevel> level, int64_t now_ns,
                                      std::span<uint8_t> out) noexcept;
  /// Fills `out` with a packet of padding without payload, as far as the 255 bytes reach that it
  /// may have. It has the timestamp of the slot's newest packet, and the source goes on behind it.
  /// Nothing if the slot has sent nothing, too many stand in this place, or not a byte fits.
  std::optional<PacketView> write_padding(uint32_t source_number, std::span<uint8_t> out) noexcept;
  /// The most bytes that write_own() needs.
  size_t max_own_size(size_t payload_size) const noexcept;

  static constexpr uint32_t kWindow = 64;
  static constexpr int kMaxGap = 3000;  ///< MAX_DROPOUT of RFC 3550 appendix A.1.
  const SlotFormat& format() const noexcept { return format_; }

 private:
  /// Bit i stands for the source's packet that is i behind the newest.
  using Window = std::bitset<kWindow + 1>;

  /// The distance to the newest packet of this source; negative: behind.
  int ahead_of_newest(const PacketView& packet) const noexcept;
  /// True if the packet cannot continue the stream sent before it.
  bool begins_source(const PacketView& packet) const noexcept;
  /// Marks the packet in the window; false if it is marked already or out of reach.
  bool claim(int ahead) noexcept;
  void begin_source(const PacketView& packet, int64_t now_ns) noexcept;
  uint32_t start_timestamp(int64_t now_ns) noexcept;
  uint32_t by_clock(int64_t now_ns) const noexcept;
  /// The newest packet of the slot. The clock never falls behind the stream.
  void follow(uint16_t sequence, uint32_t timestamp, int64_t now_ns) noexcept;
  struct Header {
    bool marker;
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t source_number;
    std::optional<AudioLevel> level;
  };
  /// Nothing if it does not fit.
  std::optional<PacketView> put(const Header& header, std::span<const uint8_t> payload,
                                std::span<uint8_t> out) const noexcept;
  size_t extension_size(bool with_level) const noexcept;
  void write_extensions(std::optional<AudioLevel> level, std::span<uint8_t> out) const noexcept;

  SlotFormat format_;
  bool fresh_ = true;
  bool two_byte_ = false;  ///< The form of the header extension elements.

  // Of the current source.
  uint16_t newest_ = 0;           ///< Its highest sequence number, written or skipped.
  uint16_t sequence_offset_ = 0;  ///< Added to numbers newer than all closed gaps.
  uint32_t timestamp_offset_ = 0;
  Window taken_;   ///< Written, skipped, or older than the switch.
  Window closed_;  ///< Skipped, and the gap is closed.
  InsertedNumbers inserted_;

  // Of the slot's stream.
  uint16_t last_sequence_;  ///< The highest one sent.
  uint32_t last_timestamp_;
  std::optional<int64_t> clock_start_ns_;  ///< The clock's timestamps start here...
  uint32_t clock_start_timestamp_;         ///< ...with this value.
};

}  // namespace veche::rtp
