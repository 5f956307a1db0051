// SPDX-License-Identifier: Apache-2.0
// The client's end of a media flow: it receives packets and tells the server about them.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <vector>

#include "packet.hpp"
#include "rtp/bwe/report_filter.hpp"
#include "rtp/rtcp/transport_feedback.hpp"

namespace veche::simulation {

struct ClientModel {
  bool has_feedback = true;  ///< Transport-cc; else receiver reports alone, once a second.
  int64_t feedback_ms = 100;
  double feedback_loss = 0;  ///< Part of its feedback that gets lost on the way back.
  int64_t reverse_ms = 50;   ///< The way back,
  int64_t jam_ms = 0;        ///< and how much longer it is meanwhile:
  int64_t jam_from_us = 0, jam_to_us = 0;
  int64_t drift_ppm = 0;        ///< Its clock is faster by this.
  uint16_t first_sequence = 0;  ///< The transport-wide number of packet 0.
};

class MediaClient {
 public:
  MediaClient(ClientModel model, uint32_t seed) : model_(model), random_(seed) {}

  void on_arrival(const Packet& packet, int64_t at_us);
  /// Sends what is due.
  void advance(int64_t now_us);

  /// RTCP datagrams that the server has received by then, one by one.
  std::optional<std::vector<uint8_t>> take_feedback(int64_t now_us);
  std::optional<rtp::LinkReport> take_report(int64_t now_us);

 private:
  template <class T>
  struct Travelling {
    int64_t due_us;
    T content;
  };
  template <class T>
  static std::optional<T> take(std::deque<Travelling<T>>& way, int64_t now_us);
  /// When what is sent back now arrives.
  int64_t back_us(int64_t now_us);
  void write_feedback(int64_t now_us);
  void write_report(int64_t now_us);

  ClientModel model_;
  std::mt19937 random_;
  rtp::TransportFeedback recorder_;
  int64_t next_feedback_us_ = 0, next_report_us_ = 0;
  std::deque<Travelling<std::vector<uint8_t>>> feedback_;
  std::deque<Travelling<rtp::LinkReport>> reports_;
  uint32_t end_ = 0, received_ = 0;  ///< Of the flow's numbers.
  uint32_t reported_end_ = 0, reported_received_ = 0;
  int64_t way_us_ = 0;
  int64_t last_back_us_ = 0;
};

}  // namespace veche::simulation
