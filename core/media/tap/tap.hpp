// SPDX-License-Identifier: Apache-2.0
// One tap's life on control: play, feed, end of stream, take down.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/workers.hpp"
#include "glib/control_loop.hpp"
#include "media/feed/track_feed.hpp"
#include "media/tap/tap_feeder.hpp"
#include "media/tap/tap_pipeline.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

/// [control] all of it. Calls on their way to control hold it weakly; nothing else shares it.
class Tap : public std::enable_shared_from_this<Tap> {
 public:
  static constexpr uint32_t kMaxDrainMs = 10'000;
  using Gone = std::function<void(const Status& status, uint64_t dropped)>;

  /// `element`: the element of the tap's owner, or its error. `gone` is called once, later, when
  /// the element is gone; the tap must not be destroyed earlier. Loop and feeder outlive the tap.
  static std::shared_ptr<Tap> open(glib::ControlLoop& loop, TapFeeder& feeder, TrackInfo track,
                                   std::shared_ptr<TrackFeed> feed,
                                   Result<glib::Ref<GstElement>> element, Gone gone);
  /// Lets the element see end of stream, for kMaxDrainMs at most, then ends. No effect if the tap
  /// is already ending.
  void end();

 private:
  enum class State { Starting = 1, Running, Draining, Stopping };

  Tap(glib::ControlLoop& loop, TapFeeder& feeder, TrackInfo track, std::shared_ptr<TrackFeed> feed,
      Gone gone);
  void start(Result<glib::Ref<GstElement>> element);
  TapEvents events();
  void on_played(const Status& status);
  void drain();
  void stop(Status status);
  void leave_feeder(TapFeeder::Farewell farewell);
  void on_left_feeder();
  void take_down();
  void finish();

  glib::ControlLoop& loop_;
  TapFeeder& feeder_;
  const TrackInfo track_;
  const std::shared_ptr<TrackFeed> feed_;  // Shared with the session's streaming thread.
  Gone gone_;
  State state_ = State::Starting;
  bool end_requested_ = false;  // While the tap starts.
  enum class Feeding { No = 1, Yes, Leaving } feeding_ = Feeding::No;
  Status status_ = Ok{};
  const uint64_t dropped_before_;
  uint64_t dropped_ = 0;
  glib::Timer limit_;
  std::unique_ptr<TapPipeline> pipeline_;
  // Its own thread, because an element may block while it starts or stops, which must not hold up
  // others.
  Workers worker_{"tap-state", 1};
};

}  // namespace veche::media
