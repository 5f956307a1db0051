// SPDX-License-Identifier: Apache-2.0
// Builds a client's RTCP from the same parts as the server's own reports.
#include "client_feedback.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "rtp/rtcp/report_interval.hpp"
#include "rtp/rtcp/reports.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::load {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr size_t kMaxNacks = 32;

}  // namespace

ClientFeedback::ClientFeedback(Feedback kind, uint32_t ssrc, FeedbackCounts& counts, int64_t now_ns)
    : kind_(kind),
      ssrc_(ssrc),
      counts_(counts),
      random_(ssrc),
      report_due_ns_(now_ns +
                     (kind == Feedback::None
                          ? kIdleReportNs
                          : rtp::report_wait_ns(true, static_cast<uint32_t>(random_()) * 2))) {}

ClientFeedback::Source& ClientFeedback::source_of(uint32_t ssrc) {
  const auto known = std::find_if(sources_.begin(), sources_.end(),
                                  [ssrc](const Source& source) { return source.ssrc == ssrc; });
  return known != sources_.end() ? *known : sources_.emplace_back(ssrc);
}

void ClientFeedback::on_rtp(std::span<const uint8_t> packet, int64_t arrival_ns) noexcept {
  if (kind_ == Feedback::None) return;
  const auto view = rtp::PacketView::parse(packet);
  if (!view) return;
  Source& source = source_of(view->ssrc());
  source.statistics.on_packet(view->sequence(), view->timestamp(), view->payload().size(),
                              arrival_ns);
  if (kind_ != Feedback::Full) return;
  source.nacks.on_packet(source.sequence.extend(view->sequence()), arrival_ns);
  const auto number = view->extension(transport_cc_extension_);
  if (number && number->size() == 2) {
    const auto sequence = static_cast<uint16_t>((*number)[0] << 8 | (*number)[1]);
    transport_feedback_.record(sequence, arrival_ns);
  }
}

void ClientFeedback::on_rtcp(std::span<const uint8_t> packet, int64_t arrival_ns) noexcept {
  if (kind_ == Feedback::None) return;
  rtp::RtcpReader reader(packet);
  while (const auto part = reader.next()) {
    if (const auto report = rtp::SenderReport::parse(*part))
      source_of(report->ssrc).statistics.on_sender_report(report->info.ntp, arrival_ns);
  }
}

int64_t ClientFeedback::due_ns() const noexcept {
  const bool missing = std::any_of(sources_.begin(), sources_.end(),
                                   [](const Source& source) { return source.nacks.missing() > 0; });
  return std::min({report_due_ns_, missing ? nacks_due_ns_ : kNever,
                   transport_feedback_.pending() > 0 ? transport_cc_due_ns_ : kNever});
}

size_t ClientFeedback::next(int64_t now_ns, std::span<uint8_t> out) noexcept {
  rtp::RtcpWriter writer(out);
  if (now_ns >= report_due_ns_) add_report(writer, now_ns);
  if (kind_ == Feedback::Full && now_ns >= nacks_due_ns_) add_nacks(writer, now_ns);
  // It is last, as it may get padding.
  if (kind_ == Feedback::Full && now_ns >= transport_cc_due_ns_) add_transport_cc(writer, now_ns);
  return writer.bytes().size();
}

void ClientFeedback::add_report(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  std::array<rtp::ReportBlock, rtp::kMaxBlocks> blocks;
  size_t count = 0;
  for (Source& source : sources_) {
    if (source.statistics.started() && count < blocks.size())
      blocks[count++] = source.statistics.make_report(now_ns);
  }
  out.add_receiver_report(ssrc_, std::span(blocks).first(count));
  out.add_cname(ssrc_, "veche-load");
  counts_.reports.add();
  report_due_ns_ =
      now_ns + (kind_ == Feedback::None
                    ? kIdleReportNs
                    : rtp::report_wait_ns(false, static_cast<uint32_t>(random_()) * 2));
}

/// Not every peer accepts reduced-size RTCP (RFC 5506).
void ClientFeedback::introduce(rtp::RtcpWriter& out) const noexcept {
  if (out.bytes().empty()) out.add_receiver_report(ssrc_, {});
}

void ClientFeedback::add_nacks(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  nacks_due_ns_ = now_ns + kNackNs;
  for (Source& source : sources_) {
    if (source.nacks.missing() == 0) continue;
    std::array<uint16_t, kMaxNacks> wanted;
    const size_t count = source.nacks.collect(now_ns, 0, wanted);
    if (count == 0) continue;
    introduce(out);
    if (out.add_nack(ssrc_, source.ssrc, std::span(wanted).first(count))) counts_.nacks.add(count);
  }
}

void ClientFeedback::add_transport_cc(rtp::RtcpWriter& out, int64_t now_ns) noexcept {
  if (transport_feedback_.pending() == 0 || sources_.empty()) return;
  introduce(out);
  if (transport_feedback_.write(out, ssrc_, sources_.front().ssrc)) counts_.transport_cc.add();
  // The next packet takes what did not fit.
  if (transport_feedback_.pending() == 0) transport_cc_due_ns_ = now_ns + kTransportCcNs;
}

}  // namespace veche::load
