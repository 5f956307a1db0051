// SPDX-License-Identifier: Apache-2.0
// The path and the client of a Link.
#include "link_fixture.hpp"

#include <algorithm>

#include "../../rtp/packet_builder.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"
#include "rtp/transport_number.hpp"

namespace veche::media::test {

void LinkTest::start(uint8_t extension) {
  link = std::make_unique<Link>(extension);
  link->count_in(counters);
}

std::vector<uint8_t> LinkTest::packet() {
  return rtp::test::build(
      {.csrc_count = 1, .extension_profile = 0xBEDE, .extensions = {kExtension << 4 | 1, 0, 0}});
}

std::optional<uint16_t> LinkTest::send(size_t wire_size, uint8_t cluster) {
  std::vector<uint8_t> bytes = packet();
  link->on_sent(bytes, wire_size, now_ns, cluster);
  const auto number = rtp::transport_number(bytes, kExtension);
  if (loses && loses()) return number;
  const int64_t sending_ns =
      rate_bps == 0 ? 0 : static_cast<int64_t>(wire_size) * 8 * kNsPerS / rate_bps;
  path_free_ns_ = std::max(path_free_ns_, now_ns) + sending_ns;
  if (number) flying_.push_back({*number, path_free_ns_ + delay_ns});
  return number;
}

void LinkTest::feed_back() {
  std::array<uint8_t, 1200> memory;
  rtp::RtcpWriter writer(memory);
  while (client_.write(writer, 1, 2)) {
  }
  hear(writer.bytes());
}

void LinkTest::hear(std::span<const uint8_t> datagram) {
  rtp::RtcpReader reader(datagram);
  while (const auto packet = reader.next()) link->on_feedback(*packet, now_ns);
}

void LinkTest::run_ms(int64_t ms, int voices) {
  for (int64_t passed_ns = 0; passed_ns < ms * kNsPerMs; passed_ns += kStepNs) {
    if (now_ns % (20 * kNsPerMs) == 0) {
      for (int i = 0; i < voices; ++i) send();
    }
    while (link->probe_due_ns() <= now_ns) {
      const auto probe = link->probe(now_ns);
      if (!probe) break;
      ++probes;
      send(probe->size, probe->cluster);
    }
    now_ns += kStepNs;
    while (!flying_.empty() && flying_.front().arrival_ns <= now_ns) {
      client_.record(flying_.front().number, flying_.front().arrival_ns);
      flying_.pop_front();
    }
    if (now_ns % (100 * kNsPerMs) != 0) continue;
    feed_back();
    link->tick(now_ns);
  }
}

}  // namespace veche::media::test
