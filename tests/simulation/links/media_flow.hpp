// SPDX-License-Identifier: Apache-2.0
// One session of the server on a modelled link: it sends voices or video as far as its own estimate
// of the link allows.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "media_client.hpp"
#include "packet.hpp"
#include "policy.hpp"
#include "rtp/bwe/estimator.hpp"
#include "rtp/bwe/prober.hpp"
#include "rtp/bwe/send_log.hpp"

namespace veche::simulation {

struct MediaModel {
  uint32_t voices = 3;            ///< Of packets every 20 ms; 0: video.
  uint32_t voice_bytes = 135;     ///< 54 kbit/s.
  uint32_t most_bps = 4'000'000;  ///< Of video.
  int64_t from_us = 0, to_us = std::numeric_limits<int64_t>::max();
  int64_t pause_from_us = 0, pause_to_us = 0;  ///< Nothing is sent.
  ClientModel client = {};
};

/// What was true at one moment.
struct Sample {
  int64_t time_us = 0;
  uint32_t media_bps = 0;  ///< Of packets that were sent now.
  rtp::LinkState state;
};

class MediaFlow {
 public:
  using Send = std::function<void(const Packet&)>;

  MediaFlow(MediaModel model, uint32_t flow, uint32_t seed, Send send);
  /// Every millisecond.
  void advance(int64_t now_us);
  void on_arrival(const Packet& packet, int64_t at_us);

  const std::vector<Sample>& samples() const { return samples_; }
  uint64_t arrived() const { return arrived_; }
  uint64_t sent_packets() const { return sent_packets_; }
  uint64_t sent_bytes() const { return sent_bytes_; }
  uint64_t probe_bytes() const { return probe_bytes_; }
  uint32_t changes() const { return voice_.changes(); }

 private:
  static constexpr int64_t kVoiceUs = 20'000;
  void send(uint16_t size, uint8_t cluster, int64_t now_us);
  void send_voices(int64_t now_us);
  void send_video(int64_t now_us);
  void hear(int64_t now_us);
  void decide(int64_t now_us);
  uint32_t media_bps() const;
  bool is_paused(int64_t now_us) const {
    return now_us >= model_.pause_from_us && now_us < model_.pause_to_us;
  }

  MediaModel model_;
  uint32_t flow_;
  Send send_;
  MediaClient client_;
  rtp::SendLog log_;
  rtp::SendLog::Results room_{};
  rtp::Estimator estimator_;
  rtp::Prober prober_;
  VoicePolicy voice_;
  VideoPolicy video_;
  uint32_t next_ = 0;
  double video_bytes_due_ = 0;
  std::vector<Sample> samples_;
  uint64_t arrived_ = 0, sent_packets_ = 0, sent_bytes_ = 0, probe_bytes_ = 0;
};

}  // namespace veche::simulation
