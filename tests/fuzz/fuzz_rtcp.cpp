// SPDX-License-Identifier: Apache-2.0
// Fuzz target: no RTCP datagram is read outside its bytes, and no unit that is fed with it leaves
// its bounds.
#include <array>
#include <cstdlib>
#include <vector>

#include "rtp/bwe/estimator.hpp"
#include "rtp/bwe/prober.hpp"
#include "rtp/bwe/send_log.hpp"
#include "rtp/rtcp/capture_clock.hpp"
#include "rtp/rtcp/feedback.hpp"
#include "rtp/rtcp/nack_generator.hpp"
#include "rtp/rtcp/packet_cache.hpp"
#include "rtp/rtcp/receiver_statistics.hpp"
#include "rtp/rtcp/sender_statistics.hpp"
#include "rtp/rtcp/transport_feedback.hpp"
#include "rtp/rtcp/transport_feedback_reader.hpp"

namespace {

using namespace veche::rtp;

void require(bool holds) {
  if (!holds) std::abort();
}

/// A publisher and a listener as a lane sees them. Every number of the datagram is taken for one
/// that concerns them.
class Session {
 public:
  void receive(const RtcpPacket& packet) {
    now_ns_ += 7 * veche::kNsPerMs;
    if (const auto report = SenderReport::parse(packet)) on_sender_report(*report);
    if (const auto report = ReceiverReport::parse(packet)) on_blocks(report->blocks);
    if (const auto nack = Nack::parse(packet)) on_nack(*nack);
    if (const auto remb = Remb::parse(packet)) on_ssrcs(remb->ssrcs);
    if (const auto bye = Bye::parse(packet)) on_ssrcs(bye->ssrcs);
    if (auto feedback = TransportFeedbackReader::parse(packet)) on_feedback(*feedback);
    if (const auto fir = Fir::parse(packet)) {
      for (size_t i = 0; i < fir->size(); ++i) on_sequence(static_cast<uint16_t>(fir->at(i).ssrc));
    }
    if (const auto pli = Pli::parse(packet)) on_sequence(static_cast<uint16_t>(pli->media_ssrc));
    CnameReader cnames(packet);
    size_t size = 0;
    while (const auto cname = cnames.next()) size += cname->name.size() + 4;
    require(size <= packet.body.size());
  }

  /// Everything that can be said, must be readable again.
  void answer() {
    std::array<uint8_t, 1200> memory;
    RtcpWriter writer(memory);
    const std::array blocks{receiver_.make_report(now_ns_)};
    require(blocks[0].cumulative_lost >= -0x800000 && blocks[0].cumulative_lost <= 0x7fffff);
    require(writer.add_sender_report(1, sender_.make_info(clock_, now_ns_), blocks));
    std::array<uint16_t, 20> asked;
    const auto wanted = std::span(asked).first(nacks_.collect(now_ns_, 0, asked));
    require(writer.add_nack(1, 2, wanted) == !wanted.empty());
    size_t packets = wanted.empty() ? 1 : 2;
    while (feedback_.pending() && writer.room() >= TransportFeedback::kMinRoom) {
      require(feedback_.write(writer, 1, 2));
      ++packets;
    }
    RtcpReader reader(writer.bytes());
    while (const auto packet = reader.next()) {
      require(packet->kind() != RtcpKind::TransportCc || TransportFeedbackReader::parse(*packet));
      --packets;
    }
    require(packets == 0 && !reader.refused());
  }

 private:
  void on_sender_report(const SenderReport& report) {
    participant_.on_sender_report(report.info.ntp, now_ns_);
    capture_.on_sender_report(report.info.ntp, report.info.timestamp);
    receiver_.on_sender_report(report.info.ntp, now_ns_);
    const int64_t captured_ns = capture_.capture_ns(report.info.packets, participant_);
    sender_.on_sent(static_cast<uint16_t>(report.ssrc), report.info.octets, 1, captured_ns);
    on_blocks(report.blocks);
  }
  void on_blocks(const ReportBlocks& blocks) {
    for (size_t i = 0; i < blocks.size(); ++i) {
      ReportBlock block = blocks.at(i);
      on_sequence(static_cast<uint16_t>(block.highest_sequence));
      block.ssrc = 1;
      sender_.on_report(block, clock_, now_ns_);
      const auto round_trip_ns = sender_.opinion().round_trip_ns.value_or(0);
      require(round_trip_ns >= 0 && round_trip_ns <= SenderStatistics::kMaxRoundTripNs);
    }
  }
  void on_nack(const Nack& nack) {
    nack.for_each([&](uint16_t sequence) {
      const auto bytes = cache_.resend(sequence, now_ns_, 0);
      require(bytes.empty() || bytes[0] == static_cast<uint8_t>(sequence));
      on_sequence(sequence);
    });
  }
  /// As the sender of what it is about, and as a receiver whose packets have these numbers.
  void on_feedback(TransportFeedbackReader& feedback) {
    send_until(static_cast<uint16_t>(feedback.base_sequence() + feedback.status_count() / 2));
    SendLog::Results room;
    const auto results = log_.on_feedback(feedback, room);
    require(results.size() <= room.size());
    for (const PacketResult& result : results) {
      require(result.size == 150 && result.sent_us <= now_ns_ / 1000);
    }
    estimator_.on_feedback(results, now_ns_ / 1000);
    const auto proof = prober_.on_feedback(results, estimator_.state(), now_ns_ / 1000);
    if (proof) estimator_.on_proof(*proof, now_ns_ / 1000);
    const LinkState& state = estimator_.state();
    require(state.loss <= LinkState::kOne && state.loss_floor <= state.loss);
    size_t arrivals = 0;
    while (const auto arrival = feedback.next()) {
      ++arrivals;
      feedback_.record(arrival->sequence, arrival->time_us * 1000);
    }
    require(arrivals <= feedback.status_count());
  }
  /// At most so many packets that one datagram costs little.
  void send_until(uint16_t sequence) {
    constexpr int kMost = 300;
    if (!has_sent_) log_ = SendLog(next_ = static_cast<uint16_t>(sequence - kMost / 2));
    has_sent_ = true;
    for (int i = 0; i < kMost && next_ != sequence; ++i) {
      next_ = static_cast<uint16_t>(log_.add(150, now_ns_ / 1000) + 1);
      estimator_.on_sent(150, now_ns_ / 1000);
      now_ns_ += veche::kNsPerMs;
    }
  }
  void on_ssrcs(const SsrcList& ssrcs) {
    for (size_t i = 0; i < ssrcs.size(); ++i) on_sequence(static_cast<uint16_t>(ssrcs.at(i)));
  }
  /// A packet with this number arrives, and goes out.
  void on_sequence(uint16_t sequence) {
    const uint32_t timestamp = sequence * 0x10001u;
    receiver_.on_packet(sequence, timestamp, sequence, now_ns_);
    capture_.on_packet(timestamp, now_ns_);
    nacks_.on_packet(extender_.extend(sequence), now_ns_);
    feedback_.record(sequence, now_ns_);
    sender_.on_sent(sequence, timestamp, 1, capture_.capture_ns(timestamp, participant_));
    cache_.store(sequence,
                 std::vector<uint8_t>(sequence % 90 + 1u, static_cast<uint8_t>(sequence)));
  }

  int64_t now_ns_ = 0;
  NtpClock clock_{1'700'000'000'000, 0};
  ParticipantClock participant_;
  CaptureClock capture_{48000};
  ReceiverStatistics receiver_{2, 48000};
  SenderStatistics sender_{1, 48000};
  TransportFeedback feedback_;
  NackGenerator nacks_{NackSettings{}};
  PacketCache cache_{600, 16};
  SequenceExtender extender_;
  SendLog log_;
  uint16_t next_ = 0;  ///< The number of the next sent packet.
  bool has_sent_ = false;
  Estimator estimator_;
  Prober prober_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RtcpReader reader({data, size});
  Session session;
  size_t read = 0;
  while (const auto packet = reader.next()) {
    read += kRtcpHeaderSize + packet->body.size();
    require(read <= size);
    session.receive(*packet);
    session.answer();
  }
  return 0;
}
