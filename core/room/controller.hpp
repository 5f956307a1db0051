// SPDX-License-Identifier: Apache-2.0
// Decides how much each listener receives and what publishers should send, and keeps the rates of a
// session that this needs.
#pragma once

#include <veche/controller.h>

#include <cstdint>
#include <vector>

#include "media/session.hpp"

namespace veche::room {

/// A plugin implements it (plugin/). [control]
class Controller {
 public:
  virtual ~Controller() = default;
  /// The targets have as many elements as the view has routes, all VECHE_TARGET_ALL.
  virtual void control(const veche_session_view& view, veche_session_targets& targets) = 0;
  virtual void forget(SessionId session) = 0;
};

/// What the server asks a client to send. 0: no wish.
struct PublishHint {
  uint32_t max_bitrate_bps = 0;
  uint32_t fec_percent = 0;

  friend bool operator==(const PublishHint&, const PublishHint&) = default;
};

/// Rates of one session, from counters that only grow. Pure.
class SessionRates {
 public:
  /// Call it about every 100 ms.
  void update(const media::SessionStatistics& now, int64_t now_ns);

  /// Of the newest reports: 0 to 1.
  float loss_in() const { return loss_in_.part(); }
  float loss_out() const { return loss_out_.part(); }
  uint32_t bitrate_in_bps() const { return in_.bps(); }
  uint32_t bitrate_out_bps() const { return out_.bps(); }
  uint32_t slot_bps(size_t slot) const { return slot < slots_.size() ? slots_[slot].bps() : 0; }

 private:
  /// An exponential average over about a second.
  class Rate {
   public:
    void update(uint64_t bytes, int64_t passed_ns);
    uint32_t bps() const { return static_cast<uint32_t>(bps_); }

   private:
    uint64_t bytes_ = 0;
    double bps_ = 0;
  };

  /// Losses become known with reports, which are seconds apart, so they are a part of the packets
  /// that these reports are about, and not of those of the last 100 ms.
  class Loss {
   public:
    /// `lost` and `expected`: of all reports since the session began.
    void update(int64_t lost, int64_t expected, int64_t now_ns);
    float part() const { return part_; }

   private:
    int64_t lost_ = 0, expected_ = 0;  // When part_ was measured.
    int64_t measured_ns_ = 0;          // 0: not yet.
    float part_ = 0;
  };

  int64_t last_ns_ = 0;
  Loss loss_in_, loss_out_;
  Rate in_, out_;
  std::vector<Rate> slots_;
};

}  // namespace veche::room
