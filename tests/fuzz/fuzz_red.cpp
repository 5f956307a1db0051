// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what is converted of redundant audio is a packet again, with the same primary block,
// and what it repeats is read as it is written.
#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

#include "rtp/red.hpp"

namespace {

constexpr uint8_t kOpus = 111, kRed = 63;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_same(const veche::rtp::RedBlock& a, const veche::rtp::RedBlock& b) {
  return a.timestamp == b.timestamp &&
         std::equal(a.payload.begin(), a.payload.end(), b.payload.begin(), b.payload.end());
}

/// Writes the packet's newest blocks anew.
void rewrite(const veche::rtp::PacketView& packet, std::span<const uint8_t> primary) {
  using namespace veche::rtp;
  std::vector<RedBlock> blocks;
  for (size_t distance = kMostRedBlocks; distance > 0; --distance) {
    if (const auto block = red_block(packet, kOpus, distance)) blocks.push_back(*block);
  }
  std::vector<uint8_t> bytes(packet.bytes().begin(), packet.bytes().begin() + 12);
  bytes.resize(1500);
  const size_t size =
      write_red({packet.timestamp(), primary}, blocks, kOpus, std::span(bytes).subspan(12));
  if (size == 0) return;
  bytes.resize(12 + size);
  const auto written = PacketView::parse(bytes);
  require(written.has_value());
  const auto kept = red_primary(written->payload(), kOpus);
  require(kept && std::equal(kept->begin(), kept->end(), primary.begin(), primary.end()));
  require(red_block(*written, kOpus, 1).has_value());
  for (size_t distance = 1; const auto block = red_block(*written, kOpus, distance); ++distance) {
    require(std::any_of(blocks.begin(), blocks.end(),
                        [&](const RedBlock& given) { return is_same(*block, given); }));
  }
}

}  // namespace

/// The input is the payload.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace veche::rtp;
  std::vector<uint8_t> bytes{0x80, kRed, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7};
  bytes.insert(bytes.end(), data, data + std::min<size_t>(size, 1400));
  const auto packet = PacketView::parse(bytes);
  if (!packet) return 0;
  const auto primary = red_primary(packet->payload(), kOpus);
  if (primary) rewrite(*packet, *primary);
  for (const RedFormat receiver :
       {RedFormat{.red = 121, .primary = 96}, RedFormat{.primary = 96}}) {
    std::vector<uint8_t> copy = bytes;
    const auto converted = convert_red(packet->of_copy(copy.data()), copy, kOpus, receiver);
    require(converted.has_value() == primary.has_value());
    if (!converted) continue;
    const auto kept = receiver.red != 0 ? red_primary(converted->payload(), receiver.primary)
                                        : std::optional(converted->payload());
    require(kept && std::equal(kept->begin(), kept->end(), primary->begin(), primary->end()));
  }
  return 0;
}
