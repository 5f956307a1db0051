// SPDX-License-Identifier: Apache-2.0
// Wires log, estimator and prober as the server does, in virtual time.
#include "media_flow.hpp"

#include <utility>

#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::simulation {
namespace {

constexpr uint16_t kVideoBytes = 1200;
constexpr int64_t kTickUs = 1000;
constexpr int64_t kDecideUs = 100'000;

}  // namespace

MediaFlow::MediaFlow(MediaModel model, uint32_t flow, uint32_t seed, Send send)
    : model_(model),
      flow_(flow),
      send_(std::move(send)),
      client_(model.client, seed),
      log_(model.client.first_sequence),
      voice_(model.voices, model.voice_bytes * 8 * 50),
      video_(150'000, model.most_bps) {}

void MediaFlow::send(uint16_t size, uint8_t cluster, int64_t now_us) {
  log_.add(size, now_us, cluster);
  estimator_.on_sent(size, now_us);
  ++sent_packets_;
  sent_bytes_ += size;
  if (cluster != 0) probe_bytes_ += size;
  send_({.flow = flow_, .number = next_++, .size = size, .sent_us = now_us});
}

void MediaFlow::send_voices(int64_t now_us) {
  for (uint32_t voice = 0; voice < voice_.voices(); ++voice) {
    const int64_t offset_us = kVoiceUs * voice / model_.voices / kTickUs * kTickUs;
    if (now_us % kVoiceUs == offset_us) {
      send(static_cast<uint16_t>(model_.voice_bytes), 0, now_us);
    }
  }
}

void MediaFlow::send_video(int64_t now_us) {
  video_bytes_due_ += video_.bps() / 8e6 * kTickUs;
  for (; video_bytes_due_ >= kVideoBytes; video_bytes_due_ -= kVideoBytes) {
    send(kVideoBytes, 0, now_us);
  }
}

void MediaFlow::advance(int64_t now_us) {
  client_.advance(now_us);
  hear(now_us);
  if (now_us < model_.from_us || now_us >= model_.to_us) return;
  if (!is_paused(now_us)) model_.voices > 0 ? send_voices(now_us) : send_video(now_us);
  if (now_us % 5000 == 0) {
    while (const auto probe = prober_.poll(now_us, estimator_.state())) {
      send(probe->size, probe->cluster, now_us);
    }
  }
  if (now_us % kDecideUs == 0) decide(now_us);
}

void MediaFlow::hear(int64_t now_us) {
  while (const auto datagram = client_.take_feedback(now_us)) {
    rtp::RtcpReader reader(*datagram);
    while (const auto packet = reader.next()) {
      const auto feedback = rtp::TransportFeedbackReader::parse(*packet);
      if (!feedback) continue;
      const auto results = log_.on_feedback(*feedback, room_);
      estimator_.on_feedback(results, now_us);
      const auto proof = prober_.on_feedback(results, estimator_.state(), now_us);
      if (proof) estimator_.on_proof(*proof, now_us);
    }
  }
  while (const auto report = client_.take_report(now_us)) estimator_.on_report(*report, now_us);
}

void MediaFlow::decide(int64_t now_us) {
  estimator_.tick(now_us);
  voice_.decide(estimator_.state(), now_us);
  video_.decide(estimator_.state());
  const uint32_t wish_bps = model_.voices > 0 ? voice_.wish_bps() : video_.wish_bps();
  prober_.wish(is_paused(now_us) ? 0 : wish_bps);
  samples_.push_back({now_us, is_paused(now_us) ? 0 : media_bps(), estimator_.state()});
}

uint32_t MediaFlow::media_bps() const {
  return model_.voices > 0 ? voice_.voices() * model_.voice_bytes * 400 : video_.bps();
}

void MediaFlow::on_arrival(const Packet& packet, int64_t at_us) {
  ++arrived_;
  client_.on_arrival(packet, at_us);
}

}  // namespace veche::simulation
