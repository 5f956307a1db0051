// SPDX-License-Identifier: Apache-2.0
// webrtcbins that are made ahead, play, and wait for an offer: what takes long in a join does not
// depend on the offer.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.hpp"
#include "base/workers.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/wire/ice_agent.hpp"

namespace veche::media {

/// A webrtcbin that nobody owns yet: serve() of both parts gives it to a session.
struct StandbyPeer {
  std::shared_ptr<IceAgent> agent;  // Shared with webrtcbin, and later with the relay.
  std::unique_ptr<glib::WebrtcBin> webrtc;
};

class Standby {
 public:
  /// `most`: how many wait at the same time. None waits before the first fill().
  explicit Standby(size_t most) : most_(most) {}
  ~Standby() = default;
  Standby(const Standby&) = delete;
  Standby& operator=(const Standby&) = delete;

  /// [any] Makes those that are missing, on a thread of its own; from now on take() replaces what
  /// it takes.
  void fill();
  /// [worker] One that waits, or else a new one.
  Result<StandbyPeer> take();
  /// [any]
  size_t waiting() const;

 private:
  void make_one();

  const size_t most_;
  mutable std::mutex mutex_;
  std::vector<StandbyPeer> waiting_;
  bool is_filled_ = false;
  // Not less urgent than those that join: threads that webrtcbin starts would inherit that.
  Workers filler_{"session-ready", 1};
};

/// [any but lane] Does what the first session of a process would otherwise wait for: loads
/// GStreamer's plugins, and makes the certificate. Blocks for some 0.3 s.
Status warm_up(Standby& standby);

}  // namespace veche::media
