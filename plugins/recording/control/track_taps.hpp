// SPDX-License-Identifier: Apache-2.0
// Which tracks are tapped, and for which recordings.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <veche/cpp/host.hpp>
#include <vector>

#include "recording/control/tap_sink.hpp"
#include "recording/recorder/plan.hpp"

namespace veche::recording {

/// A recording as its tracks see it.
struct TapTarget {
  std::string room;
  const Plan* plan = nullptr;
  std::shared_ptr<RecorderQueue> queue;
};

/// [control]
class TrackTaps {
 public:
  /// The recordings in progress.
  using Targets = std::function<std::vector<TapTarget>()>;

  TrackTaps(veche::Host host, Targets targets)
      : host_(std::move(host)), targets_(std::move(targets)) {}

  /// The answer to veche_track_tap.open(): null if no recording wants the track.
  GstElement* open(const veche_track& track);
  /// `why`: the tap has failed; "": it has not.
  void on_closed(uint64_t track, uint64_t dropped, const std::string& why);
  /// A recording begins: it gets the tracks that exist already.
  void attach(const TapTarget& target);
  /// The recording has ended.
  void detach(const TapTarget& target);

 private:
  struct Tap {
    std::string room;
    std::shared_ptr<TapSink> sink;
    bool closing = false;
  };

  const veche::Host host_;
  const Targets targets_;
  std::map<uint64_t, Tap> taps_;
};

}  // namespace veche::recording
