// SPDX-License-Identifier: Apache-2.0
// The newest RTP headers and RTCP packets of one direction of a session, for captures of a call.
// One writer, any readers, no lock.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace veche::rtp {

/// One packet, without the payload of RTP.
struct KeptHeader {
  static constexpr size_t kMaxBytes = 104;

  int64_t time_ns = 0;  ///< On the monotonic clock.
  uint32_t size = 0;    ///< Of the whole packet, without SRTP's tag.
  bool is_rtcp = false;
  size_t kept = 0;
  std::array<uint8_t, kMaxBytes> bytes{};

  std::span<const uint8_t> head() const { return std::span(bytes).first(kept); }
};

/// A seqlock for each place: a reader skips an entry that is being overwritten.
class HeaderRing {
 public:
  static constexpr size_t kPackets = 2048;

  /// [one thread at a time] The fixed header, the CSRCs and the extensions (RFC 3550, RFC 8285),
  /// which SRTP does not encrypt. Packets that are not RTP are ignored.
  void keep_rtp(std::span<const uint8_t> packet, int64_t time_ns) noexcept;
  /// [same thread] The beginning of a compound packet, decrypted.
  void keep_rtcp(std::span<const uint8_t> packet, int64_t time_ns) noexcept;

  /// [any] The oldest first.
  std::vector<KeptHeader> read() const;
  /// [control] Discards all entries kept until now.
  void forget() noexcept { first_ = count_.load(std::memory_order_acquire); }

 private:
  static constexpr size_t kWords = KeptHeader::kMaxBytes / sizeof(uint64_t);
  struct Place {
    std::atomic<uint64_t> version{0};  ///< Odd: it is being written; 2 * (number + 1): it is whole.
    std::atomic<uint64_t> time{0}, sizes{0};
    std::array<std::atomic<uint64_t>, kWords> words{};
  };

  void keep(std::span<const uint8_t> head, size_t size, bool is_rtcp, int64_t time_ns) noexcept;
  bool read(uint64_t number, KeptHeader& header) const noexcept;

  std::array<Place, kPackets> places_;
  std::atomic<uint64_t> count_{0};  ///< Of all entries ever kept.
  uint64_t first_ = 0;              ///< Belongs to the readers' thread.
};

}  // namespace veche::rtp
