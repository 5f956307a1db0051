// SPDX-License-Identifier: Apache-2.0
// How a lane reaches the network side of one session, whatever path its packets take.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/counter.hpp"
#include "media/feed/header_keeper.hpp"
#include "rtp/packet_view.hpp"

namespace veche::media {

/// [lane] all but the counters and the headers. It lives from the session's attach to the
/// acknowledgement of its detach.
class Path {
 public:
  static constexpr int kPrefetchDepth = 4;

  explicit Path(size_t slot_count) : slot_bytes(slot_count) {}
  virtual ~Path() = default;
  /// Asks the processor for what the slot's next packet will need, the memory that is `depth`
  /// pointers away, below kPrefetchDepth. Only a hint.
  virtual void prefetch(size_t /*slot*/, int /*depth*/) const noexcept {}
  /// Memory for one packet of at most `size` bytes, valid until send() or the next begin(). Empty:
  /// there is none, and the packet is counted as a failure.
  virtual std::span<uint8_t> begin(size_t size) noexcept = 0;
  /// Sends the packet, which lies at the begin of that memory, as one of the session's slot with
  /// that index, at once or with the port's next flush(). Never blocks for longer than the system's
  /// send call does; failures are counted. `capture_ns`: for sender reports, see PacketTimes.
  virtual void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns) noexcept = 0;

  /// A packet has gone out.
  void count(size_t size, size_t slot) noexcept {
    packets.add();
    bytes.add(size);
    slot_bytes[slot].add(size);
  }

  // [any] reads them.
  Counter packets, bytes, failures;
  std::vector<Counter> slot_bytes;          ///< By the slot's index.
  std::atomic<int64_t> first_packet_ns{0};  ///< When the first one was sent; 0: not yet.
  /// When the first packet was sent, if its participant talked already when the session was
  /// connected; else 0.
  std::atomic<int64_t> first_audio_ns{0};
  /// Of what goes to the client. Control begins and reads it, the lane keeps.
  HeaderKeeper headers;
};

/// Of a session that only publishes: there is nowhere to send to.
class NoPath final : public Path {
 public:
  NoPath() : Path(0) {}
  std::span<uint8_t> begin(size_t) noexcept override { return {}; }
  void send(const rtp::PacketView&, size_t, int64_t) noexcept override {}
};

}  // namespace veche::media
