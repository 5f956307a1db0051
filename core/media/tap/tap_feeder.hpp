// SPDX-License-Identifier: Apache-2.0
// The thread that moves copied packets from the inbox to all taps' pipelines.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "media/feed/tap_inbox.hpp"
#include "media/tap/tap_pipeline.hpp"

namespace veche::media {

class TapFeeder {
 public:
  TapFeeder();
  /// [control] All pipelines have been removed.
  ~TapFeeder();
  TapFeeder(const TapFeeder&) = delete;
  TapFeeder& operator=(const TapFeeder&) = delete;

  TapInbox& inbox() { return inbox_; }

  enum class Farewell { EndOfStream = 1, None };

  /// [control] The pipeline gets the track's packets from now on. It outlives its removal.
  void add(TrackId track, TapPipeline& pipeline);
  /// [control] After the packets received until now, the pipeline gets end of stream or nothing
  /// more. `removed` is called on the feeder, which has forgotten the pipeline by then.
  void remove(TrackId track, TapPipeline& pipeline, Farewell farewell,
              std::function<void()> removed);

 private:
  struct Removal {
    TrackId track;
    TapPipeline* pipeline;
    Farewell farewell;
    std::function<void()> removed;
  };
  struct Commands {
    std::vector<std::pair<TrackId, TapPipeline*>> additions;
    std::vector<Removal> removals;
    bool stop = false;

    bool empty() const { return additions.empty() && removals.empty() && !stop; }
  };

  void run();
  Commands wait();
  void deliver(const TapPacket& packet);
  void remove(const Removal& removal);

  TapInbox inbox_;
  std::mutex mutex_;  // Between control and the feeder; no lane takes it.
  std::condition_variable changed_;
  Commands commands_;
  std::unordered_map<TrackId, std::vector<TapPipeline*>> pipelines_;  // The feeder's own.
  std::thread thread_;
};

}  // namespace veche::media
