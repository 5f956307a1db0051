// SPDX-License-Identifier: Apache-2.0
// Real transport-cc feedback, and numbers of receiver reports, of packets that arrived.
#include "media_client.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "rtp/rtcp/rtcp_writer.hpp"

namespace veche::simulation {
namespace {

constexpr int64_t kReportUs = 1'000'000;

}  // namespace

void MediaClient::on_arrival(const Packet& packet, int64_t at_us) {
  const int64_t own_us = at_us + at_us * model_.drift_ppm / 1'000'000;
  recorder_.record(static_cast<uint16_t>(model_.first_sequence + packet.number), own_us * 1000);
  end_ = std::max(end_, packet.number + 1);
  ++received_;
  way_us_ = at_us - packet.sent_us;
}

void MediaClient::advance(int64_t now_us) {
  if (now_us >= next_feedback_us_ && model_.has_feedback) {
    next_feedback_us_ = now_us + model_.feedback_ms * 1000;
    write_feedback(now_us);
  }
  if (now_us >= next_report_us_ && !model_.has_feedback) {
    next_report_us_ = now_us + kReportUs;
    write_report(now_us);
  }
}

int64_t MediaClient::back_us(int64_t now_us) {
  const bool is_jammed = now_us >= model_.jam_from_us && now_us < model_.jam_to_us;
  const int64_t due_us = now_us + (model_.reverse_ms + (is_jammed ? model_.jam_ms : 0)) * 1000;
  return last_back_us_ = std::max(last_back_us_, due_us);  // Nothing overtakes.
}

void MediaClient::write_feedback(int64_t now_us) {
  while (recorder_.pending() > 0) {
    std::array<uint8_t, 1200> room;
    rtp::RtcpWriter writer(room);
    if (!recorder_.write(writer, 1, 2)) return;
    if (std::uniform_real_distribution<>(0, 1)(random_) < model_.feedback_loss) continue;
    feedback_.push_back(
        {back_us(now_us), std::vector<uint8_t>(writer.bytes().begin(), writer.bytes().end())});
  }
}

void MediaClient::write_report(int64_t now_us) {
  const int64_t expected = end_ - reported_end_;
  const int64_t received = received_ - reported_received_;
  reported_end_ = end_;
  reported_received_ = received_;
  if (expected == 0) return;
  const auto round_trip_us = static_cast<uint32_t>(way_us_ + model_.reverse_ms * 1000);
  reports_.push_back(
      {now_us + model_.reverse_ms * 1000,
       {.expected = expected, .lost = expected - received, .round_trip_us = round_trip_us}});
}

template <class T>
std::optional<T> MediaClient::take(std::deque<Travelling<T>>& way, int64_t now_us) {
  if (way.empty() || way.front().due_us > now_us) return std::nullopt;
  T content = std::move(way.front().content);
  way.pop_front();
  return content;
}

std::optional<std::vector<uint8_t>> MediaClient::take_feedback(int64_t now_us) {
  return take(feedback_, now_us);
}

std::optional<rtp::LinkReport> MediaClient::take_report(int64_t now_us) {
  return take(reports_, now_us);
}

}  // namespace veche::simulation
