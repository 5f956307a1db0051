// SPDX-License-Identifier: Apache-2.0
// Runs a scenario in steps of a millisecond, and measures it.
#include "scenario.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <queue>
#include <utility>

#include "tcp_flow.hpp"

namespace veche::simulation {
namespace {

constexpr int64_t kStepUs = 1000;
/// The start is not measured: all wish for everything and nothing is known.
constexpr int64_t kStartUs = 5 * kUsPerS;

struct Arrival {
  int64_t at_us;
  uint64_t order;
  Packet packet;
  bool operator<(const Arrival& other) const {  // The queue's top is its largest.
    return std::pair(at_us, order) > std::pair(other.at_us, other.order);
  }
};

/// What a flow would send if it knew its share of the link.
double ideal_bps(const MediaModel& media, double share_bps) {
  if (media.voices == 0) return std::min<double>(media.most_bps, share_bps);
  const double voice_bps = media.voice_bytes * 400.0;
  return voice_bps * std::clamp(std::floor(share_bps / voice_bps), 1.0, double{1} * media.voices);
}

class Runner {
 public:
  Runner(const Scenario& scenario, uint32_t seed)
      : scenario_(scenario),
        waits_us_(scenario.media.size()),
        bottleneck_(
            scenario.bottleneck, [this](const Packet& p, int64_t at_us) { leave(p, at_us); },
            [this](const Packet& p, int64_t at_us) { drop(p, at_us); }) {
    const auto send = [this](const Packet& p) { bottleneck_.send(p, now_us_); };
    for (const MediaModel& model : scenario.media) {
      const auto flow = static_cast<uint32_t>(media_.size());
      PropagationModel way = scenario.propagation;
      if (flow < scenario.extra_delays_ms.size()) way.delay_ms += scenario.extra_delays_ms[flow];
      ways_.emplace_back(way, seed * 100 + flow);
      media_.push_back(std::make_unique<MediaFlow>(model, flow, seed * 1000 + flow, send));
    }
    for (const TcpModel& model : scenario.tcp) {
      const auto flow = static_cast<uint32_t>(media_.size() + tcp_.size());
      tcp_.emplace_back(flow, model.from_us, scenario.propagation.delay_ms * 2000, model.bytes,
                        send);
    }
  }

  Run run() {
    for (; now_us_ < scenario_.duration_s * kUsPerS; now_us_ += kStepUs) {
      bottleneck_.advance(now_us_);
      for (; !arrivals_.empty() && arrivals_.top().at_us <= now_us_; arrivals_.pop()) {
        arrive(arrivals_.top());
      }
      for (auto& flow : media_) flow->advance(now_us_);
      for (TcpFlow& flow : tcp_) flow.advance(now_us_);
    }
    Run result;
    for (size_t i = 0; i < media_.size(); ++i) {
      result.figures.push_back(measure(i));
      result.samples.push_back(media_[i]->samples());
    }
    return result;
  }

 private:
  void leave(const Packet& packet, int64_t at_us) {
    if (packet.flow >= media_.size()) {
      arrivals_.push({at_us + scenario_.propagation.delay_ms * 1000, order_++, packet});
      return;
    }
    if (packet.sent_us >= kStartUs) waits_us_[packet.flow].push_back(at_us - packet.sent_us);
    if (const auto arrival_us = ways_[packet.flow].arrival_us(at_us)) {
      arrivals_.push({*arrival_us, order_++, packet});
    }
  }
  void drop(const Packet& packet, int64_t at_us) {
    if (packet.flow >= media_.size()) tcp_[packet.flow - media_.size()].on_drop(packet, at_us);
  }
  void arrive(const Arrival& arrival) {
    const Packet& packet = arrival.packet;
    if (packet.flow < media_.size()) {
      media_[packet.flow]->on_arrival(packet, arrival.at_us);
    } else {
      tcp_[packet.flow - media_.size()].on_arrival(packet, arrival.at_us);
    }
  }

  Figures measure(size_t index) {
    const MediaFlow& flow = *media_[index];
    Figures figures;
    auto& waits_us = waits_us_[index];
    std::sort(waits_us.begin(), waits_us.end());
    if (!waits_us.empty()) {
      figures.queue_p95_ms = static_cast<double>(waits_us[waits_us.size() * 95 / 100]) / 1000;
    }
    figures.loss =
        1 - static_cast<double>(flow.arrived()) / static_cast<double>(flow.sent_packets());
    figures.probes =
        static_cast<double>(flow.probe_bytes()) / static_cast<double>(flow.sent_bytes());
    figures.changes = flow.changes();
    measure_use(index, figures);
    measure_changes(index, figures);
    return figures;
  }

  double ideal_at(size_t index, int64_t time_us) const {
    size_t sharing = 0;
    for (const MediaModel& media : scenario_.media) {
      sharing += time_us >= media.from_us && time_us < media.to_us ? 1 : 0;
    }
    return ideal_bps(scenario_.media[index], bottleneck_.bps_at(time_us) /
                                                 static_cast<double>(std::max<size_t>(sharing, 1)));
  }

  void measure_use(size_t index, Figures& figures) const {
    double sum = 0;
    size_t count = 0;
    for (const Sample& sample : media_[index]->samples()) {
      if (sample.time_us < kStartUs || sample.media_bps == 0) continue;
      sum += std::min(1.0, sample.media_bps / ideal_at(index, sample.time_us));
      ++count;
    }
    figures.use = count == 0 ? 0 : sum / static_cast<double>(count);
  }

  void measure_changes(size_t index, Figures& figures) const {
    const auto& rates = scenario_.bottleneck.rates;
    for (size_t i = 1; i < rates.size(); ++i) {
      const bool is_fall = rates[i].bps < rates[i - 1].bps;
      const double ideal = ideal_at(index, rates[i].from_us);
      const int64_t end_us =
          i + 1 < rates.size() ? rates[i + 1].from_us : scenario_.duration_s * kUsPerS;
      int64_t took_ms = -1;
      for (const Sample& sample : media_[index]->samples()) {
        if (sample.time_us < rates[i].from_us || sample.time_us >= end_us) continue;
        const bool is_answered =
            is_fall ? sample.media_bps <= ideal : sample.media_bps >= ideal * 0.8;
        if (!is_answered) continue;
        took_ms = (sample.time_us - rates[i].from_us) / 1000;
        break;
      }
      if (took_ms < 0) figures.is_stuck = true;
      int64_t& longest_ms = is_fall ? figures.notice_ms : figures.find_ms;
      longest_ms = std::max(longest_ms, took_ms);
    }
  }

  const Scenario& scenario_;
  int64_t now_us_ = 0;
  uint64_t order_ = 0;
  std::vector<std::unique_ptr<MediaFlow>> media_;
  std::vector<Propagation> ways_;
  std::vector<std::vector<int64_t>> waits_us_;
  std::vector<TcpFlow> tcp_;
  Bottleneck bottleneck_;
  std::priority_queue<Arrival> arrivals_;
};

}  // namespace

Run run(const Scenario& scenario, uint32_t seed) { return Runner(scenario, seed).run(); }

}  // namespace veche::simulation
