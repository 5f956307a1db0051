// SPDX-License-Identifier: Apache-2.0
// Fuzz target: what is converted of redundant audio is a packet again, with the same primary block.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "rtp/red.hpp"

namespace {

constexpr uint8_t kOpus = 111, kRed = 63;

void require(bool holds) {
  if (!holds) std::abort();
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
