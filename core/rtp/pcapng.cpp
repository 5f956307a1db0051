// SPDX-License-Identifier: Apache-2.0
// Writes the pcapng blocks in little endian, and the IP headers around the packets in big endian.
#include "rtp/pcapng.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/big_endian.hpp"

namespace veche::rtp {
namespace {

constexpr uint16_t kLinkTypeRaw = 101;  // A bare IP packet.
constexpr uint16_t kRtpPort = 5004, kRtcpPort = 5005;
constexpr uint8_t kClient = 1, kServer = 2;  // The last byte of 192.0.2.x.
constexpr size_t kIpSize = 20, kUdpSize = 8;

class Block {
 public:
  explicit Block(uint32_t type) { u32(type).u32(0); }

  Block& u16(uint16_t value) { return little(value, 2); }
  Block& u32(uint32_t value) { return little(value, 4); }
  template <class Bytes>
  Block& raw(const Bytes& bytes) {
    text_.append(bytes.begin(), bytes.end());
    return *this;
  }
  /// Pads to a whole number of words.
  Block& pad() {
    text_.resize((text_.size() + 3) / 4 * 4);
    return *this;
  }
  std::string end() {
    const auto size = static_cast<uint32_t>(text_.size() + 4);
    u32(size);
    for (size_t i = 0; i < 4; ++i) text_[4 + i] = static_cast<char>(size >> 8 * i);
    return std::move(text_);
  }

 private:
  Block& little(uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) text_ += static_cast<char>(value >> 8 * i);
    return *this;
  }
  std::string text_;
};

std::string section() {
  constexpr uint32_t kUnknownSize = 0xffff'ffff;
  return Block(0x0a0d0d0a).u32(0x1a2b3c4d).u16(1).u16(0).u32(kUnknownSize).u32(kUnknownSize).end();
}

/// Timestamps are in nanoseconds.
std::string interface() {
  constexpr uint16_t kResolution = 9;
  return Block(1).u16(kLinkTypeRaw).u16(0).u32(0).u16(kResolution).u16(1).u32(9).u32(0).end();
}

std::array<uint8_t, kIpSize + kUdpSize> addresses(const KeptHeader& header, bool is_from_client) {
  std::array<uint8_t, kIpSize + kUdpSize> bytes{};
  const auto u16 = [&bytes](size_t at, size_t value) {
    write_u16(&bytes[at], static_cast<uint16_t>(value));
  };
  bytes[0] = 0x45;
  u16(2, kIpSize + kUdpSize + header.size);
  bytes[8] = 64;
  bytes[9] = 17;
  for (const size_t at : {12u, 16u}) bytes[at] = 192, bytes[at + 2] = 2;
  bytes[15] = is_from_client ? kClient : kServer;
  bytes[19] = is_from_client ? kServer : kClient;
  uint32_t sum = 0;
  for (size_t i = 0; i < kIpSize; i += 2) sum += read_u16(&bytes[i]);
  sum = (sum & 0xffff) + (sum >> 16);
  u16(10, ~(sum + (sum >> 16)) & 0xffff);
  for (const size_t at : {20u, 22u}) u16(at, header.is_rtcp ? kRtcpPort : kRtpPort);
  u16(24, kUdpSize + header.size);
  return bytes;
}

std::string packet(const KeptHeader& header, bool is_from_client, int64_t to_unix_ns) {
  constexpr uint16_t kFlags = 2;
  const auto time_ns = static_cast<uint64_t>(header.time_ns + to_unix_ns);
  const auto around = static_cast<uint32_t>(kIpSize + kUdpSize);
  Block block(6);
  block.u32(0).u32(static_cast<uint32_t>(time_ns >> 32)).u32(static_cast<uint32_t>(time_ns));
  block.u32(around + static_cast<uint32_t>(header.kept)).u32(around + header.size);
  block.raw(addresses(header, is_from_client)).raw(header.head()).pad();
  // Inbound is 1, outbound 2.
  return block.u16(kFlags).u16(4).u32(is_from_client ? 1 : 2).u32(0).end();
}

}  // namespace

std::string write_pcapng(const std::vector<KeptHeader>& from_client,
                         const std::vector<KeptHeader>& to_client, int64_t to_unix_ns) {
  struct Sent {
    const KeptHeader* header;
    bool is_from_client;
  };
  std::vector<Sent> all;
  all.reserve(from_client.size() + to_client.size());
  for (const KeptHeader& header : from_client) all.push_back({&header, true});
  for (const KeptHeader& header : to_client) all.push_back({&header, false});
  std::stable_sort(all.begin(), all.end(), [](const Sent& a, const Sent& b) {
    return a.header->time_ns < b.header->time_ns;
  });
  std::string file = section() + interface();
  for (const Sent& sent : all) file += packet(*sent.header, sent.is_from_client, to_unix_ns);
  return file;
}

}  // namespace veche::rtp
