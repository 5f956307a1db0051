// SPDX-License-Identifier: Apache-2.0
// Fuzz target: PacketView never reads outside the packet, and its parts lie in order within it.
#include <cstdlib>

#include "rtp/packet_view.hpp"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Reads every byte, so that sanitizers see a span that is too long.
void touch(std::span<const uint8_t> outer, std::span<const uint8_t> inner) {
  if (inner.empty()) return;
  require(inner.data() >= outer.data() &&
          inner.data() + inner.size() <= outer.data() + outer.size());
  volatile uint8_t sum = 0;
  for (const uint8_t byte : inner) sum = static_cast<uint8_t>(sum + byte);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::span<const uint8_t> bytes(data, size);
  const auto packet = veche::rtp::PacketView::parse(bytes);
  if (!packet) return 0;
  require(packet->payload_type() < 128);
  require(packet->payload().size() + 12 <= size);
  touch(bytes, packet->payload());
  for (unsigned id = 0; id < 256; ++id) {
    const auto narrow = static_cast<uint8_t>(id);
    const auto element = packet->extension(narrow);
    require(packet->audio_level(narrow).has_value() == (element && !element->empty()));
    if (!element) continue;
    require(id != 0);
    touch(bytes, *element);
    const auto mid = packet->mid(narrow);
    require(mid.has_value() == !element->empty() && mid.value_or("").size() == element->size());
  }
  return 0;
}
