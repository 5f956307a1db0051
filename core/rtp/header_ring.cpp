// SPDX-License-Identifier: Apache-2.0
// Words are atomic, so that readers detect a torn read and there is no data race.
#include "rtp/header_ring.hpp"

#include <algorithm>
#include <cstring>

#include "rtp/packet_view.hpp"

namespace veche::rtp {
namespace {

constexpr uint64_t pack(size_t size, size_t kept, bool is_rtcp) {
  return uint64_t{size & 0xffff'ffff} | uint64_t{kept} << 32 | uint64_t{is_rtcp} << 48;
}

}  // namespace

void HeaderRing::keep_rtp(std::span<const uint8_t> packet, int64_t time_ns) noexcept {
  const auto view = PacketView::parse(packet);
  if (!view) return;
  const auto head = static_cast<size_t>(view->payload().data() - packet.data());
  keep(packet.first(head), packet.size(), false, time_ns);
}

void HeaderRing::keep_rtcp(std::span<const uint8_t> packet, int64_t time_ns) noexcept {
  keep(packet, packet.size(), true, time_ns);
}

void HeaderRing::keep(std::span<const uint8_t> head, size_t size, bool is_rtcp,
                      int64_t time_ns) noexcept {
  std::array<uint64_t, kWords> words{};
  const size_t kept = std::min(head.size(), KeptHeader::kMaxBytes);
  std::memcpy(words.data(), head.data(), kept);
  const uint64_t number = count_.load(std::memory_order_relaxed);
  Place& place = places_[number % kPackets];
  place.version.store(2 * number + 1, std::memory_order_relaxed);
  // Release: a reader that sees one of them also sees that version, or a later one.
  place.time.store(static_cast<uint64_t>(time_ns), std::memory_order_release);
  place.sizes.store(pack(size, kept, is_rtcp), std::memory_order_release);
  for (size_t i = 0; i < kWords; ++i) place.words[i].store(words[i], std::memory_order_release);
  place.version.store(2 * number + 2, std::memory_order_release);
  count_.store(number + 1, std::memory_order_release);
}

bool HeaderRing::read(uint64_t number, KeptHeader& header) const noexcept {
  const Place& place = places_[number % kPackets];
  const uint64_t whole = 2 * number + 2;
  if (place.version.load(std::memory_order_acquire) != whole) return false;
  header.time_ns = static_cast<int64_t>(place.time.load(std::memory_order_acquire));
  const uint64_t sizes = place.sizes.load(std::memory_order_acquire);
  std::array<uint64_t, kWords> words;
  for (size_t i = 0; i < kWords; ++i) words[i] = place.words[i].load(std::memory_order_acquire);
  if (place.version.load(std::memory_order_relaxed) != whole) return false;
  header.size = static_cast<uint32_t>(sizes);
  header.kept = sizes >> 32 & 0xffff;
  header.is_rtcp = (sizes >> 48 & 1) != 0;
  std::memcpy(header.bytes.data(), words.data(), header.bytes.size());
  return true;
}

std::vector<KeptHeader> HeaderRing::read() const {
  const uint64_t count = count_.load(std::memory_order_acquire);
  const uint64_t oldest = count > kPackets ? count - kPackets : 0;
  std::vector<KeptHeader> headers;
  headers.reserve(std::min<uint64_t>(count, kPackets));
  KeptHeader header;
  for (uint64_t number = std::max(oldest, first_); number < count; ++number) {
    if (read(number, header)) headers.push_back(header);
  }
  return headers;
}

}  // namespace veche::rtp
