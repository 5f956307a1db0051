// SPDX-License-Identifier: Apache-2.0
// Reads and writes compound packets, and schedules them (RFC 3550, RFC 4585, RFC 5506).
#include "media/wire/reports.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/report_interval.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"

namespace veche::media {
namespace {

/// RFC 7022 asks for a CNAME that reveals neither host nor user. All slots have the same timing, so
/// they share it.
constexpr std::string_view kCname = "veche";

/// All slots have the same: an id means one thing in the whole BUNDLE group (RFC 8843).
uint8_t number_extension(const std::vector<rtp::SlotFormat>& slots) {
  for (const rtp::SlotFormat& slot : slots) {
    if (slot.transport_cc_extension != 0) return slot.transport_cc_extension;
  }
  return 0;
}

}  // namespace

Reports::Reports(const ReportSettings& settings, const std::vector<rtp::SlotFormat>& slots,
                 int64_t now_ns, std::span<SlotCounters> counters)
    : ssrc_(settings.ssrc),
      link_(number_extension(slots)),
      sending_(slots, settings.nack, quality_, link_, counters, now_ns),
      reception_(settings, quality_),
      next_report_ns_(now_ns),
      random_state_(uint64_t{settings.ssrc} << 32 | static_cast<uint32_t>(now_ns) | 1u) {
  next_report_ns_ += rtp::report_wait_ns(true, random());
}

void Reports::count_in(RtcpCounters& counters) noexcept {
  sending_.count_in(counters);
  reception_.count_in(counters);
  link_.count_in(counters);
}

void Reports::on_rtcp(std::span<const uint8_t> datagram, int64_t now_ns,
                      const std::function<void(std::span<const uint8_t>)>& resend) noexcept {
  rtp::RtcpReader reader(datagram);
  while (const std::optional<rtp::RtcpPacket> packet = reader.next()) {
    if (const auto report = rtp::SenderReport::parse(*packet)) {
      reception_.on_sender_report(*report, now_ns);
      sending_.on_blocks(report->blocks, now_ns);
    } else if (const auto received = rtp::ReceiverReport::parse(*packet)) {
      sending_.on_blocks(received->blocks, now_ns);
    } else if (const auto nack = rtp::Nack::parse(*packet)) {
      sending_.on_nack(*nack, now_ns, resend);
    } else if (packet->kind() == rtp::RtcpKind::TransportCc) {
      link_.on_feedback(*packet, now_ns);
    }
  }
}

std::span<const uint8_t> Reports::write(int64_t now_ns, std::span<uint8_t> out) noexcept {
  rtp::RtcpWriter writer(out.first(std::min(out.size(), kMaxSize)));
  if (now_ns >= next_report_ns_) {
    next_report_ns_ = now_ns + rtp::report_wait_ns(false, random());
    add_report(writer, now_ns);
  }
  const int64_t round_trip_ns = quality_.round_trip_ns.load(std::memory_order_relaxed);
  reception_.add_feedback(writer, now_ns, round_trip_ns);
  return writer.bytes();
}

/// Sender reports with the report blocks; a receiver report if no slot sends.
void Reports::add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  Reception::Blocks memory;
  const std::span<const rtp::ReportBlock> blocks = reception_.report(now_ns, memory);
  if (sending_.add_reports(out, blocks, kCname, now_ns)) return;
  out.add_receiver_report(ssrc_, blocks);
  out.add_cname(ssrc_, kCname);
}

/// xorshift64*: it only has to keep reports out of step.
uint32_t Reports::random() noexcept {
  random_state_ ^= random_state_ >> 12;
  random_state_ ^= random_state_ << 25;
  random_state_ ^= random_state_ >> 27;
  return static_cast<uint32_t>(random_state_ * 0x2545F4914F6CDD1Du >> 32);
}

}  // namespace veche::media
