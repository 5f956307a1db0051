// SPDX-License-Identifier: Apache-2.0
// A lane's way to the network side of one session, on either path.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/counter.hpp"
#include "media/feed/header_keeper.hpp"
#include "rtp/packet_view.hpp"

namespace veche::media {

/// What has happened to the packets of one slot. The lane writes, [any] reads.
struct SlotCounters {
  Counter redundant_bytes;  ///< Of what was sent: repeated by the server.
  Counter retransmitted_packets;
  /// Packets, by the client's reports about this slot. Written in this order, and read in the
  /// other: see SessionQuality.
  std::atomic<int64_t> lost{0}, expected{0};
};

/// Writes packets without payload into the streams of slots: they probe the path to the client.
class PaddingWriter {
 public:
  virtual ~PaddingWriter() = default;
  /// [lane] A packet that continues the slot's stream: see Rewriter::write_padding().
  virtual std::optional<rtp::PacketView> write_padding(size_t slot,
                                                       std::span<uint8_t> out) noexcept = 0;
};

/// [lane] all but the counters and the headers. It lives from the session's attach to the
/// acknowledgement of its detach.
class Path {
 public:
  static constexpr int kPrefetchDepth = 4;

  explicit Path(size_t slot_count) : slot_bytes(slot_count), slot_counters(slot_count) {}
  virtual ~Path() = default;
  /// Prefetches the memory for the slot's next packet that is `depth` pointers away; `depth` is
  /// below kPrefetchDepth. Only a hint.
  virtual void prefetch(size_t /*slot*/, int /*depth*/) const noexcept {}
  /// Memory for one packet of at most `size` bytes, valid until send() or the next begin(). Empty
  /// if there is none; the packet is then counted as a failure.
  virtual std::span<uint8_t> begin(size_t size) noexcept = 0;
  /// Sends the packet at the beginning of that memory as one of the slot with that index, at once
  /// or with the port's next flush(). Never blocks longer than the system's send call; failures are
  /// counted. `capture_ns`: for sender reports, see PacketTimes. It records the header.
  virtual void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
                    int64_t now_ns) noexcept = 0;
  /// Whether it resends packets of the slot where the client asks for them, if it can; it does at
  /// first.
  virtual void resend(size_t /*slot*/, bool /*resends*/) noexcept {}
  /// The rate in bit/s that the session would use next: see Session::wish(). 0: none.
  virtual void wish(uint32_t /*bps*/, int64_t /*now_ns*/) noexcept {}
  /// Who writes padding for it from now on; null: nobody.
  virtual void pad_with(PaddingWriter* /*writer*/) noexcept {}

  /// A packet has gone out.
  void count(size_t size, size_t slot) noexcept {
    packets.add();
    bytes.add(size);
    slot_bytes[slot].add(size);
  }

  // [any] reads them.
  Counter packets, bytes, failures;
  std::vector<Counter> slot_bytes;          ///< By the slot's index.
  std::vector<SlotCounters> slot_counters;  ///< Likewise.
  std::atomic<int64_t> first_packet_ns{0};  ///< When the first one was sent; 0: not yet.
  /// The time of the first packet, if its participant was already talking when the session
  /// connected; else 0.
  std::atomic<int64_t> first_audio_ns{0};
  /// Headers of packets to the client. Control starts and reads it, the lane records.
  HeaderKeeper headers;
};

/// For a session that only publishes: it has no destination.
class NoPath final : public Path {
 public:
  NoPath() : Path(0) {}
  std::span<uint8_t> begin(size_t) noexcept override { return {}; }
  void send(const rtp::PacketView&, size_t, int64_t, int64_t) noexcept override {}
};

}  // namespace veche::media
