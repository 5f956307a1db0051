// SPDX-License-Identifier: Apache-2.0
// The published tracks, the consumers that tap them, and the taps between them.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "glib/control_loop.hpp"
#include "media/feed/track_feed.hpp"
#include "media/tap/tap.hpp"
#include "media/tap/tap_feeder.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

/// [control] all of it.
class Taps final : public TrackTaps {
 public:
  /// The loop outlives it.
  explicit Taps(glib::ControlLoop& loop) : loop_(loop) {}
  /// After finish(), and when no thread delivers packets any more.
  ~Taps() override;
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;

  void use(TrackTap& tap) override;
  void release(TrackTap& tap) override;
  Status open(TrackTap& tap, TrackId track) override;
  Status close(TrackTap& tap, TrackId track) override;

  /// A session's track: from the time that its packets count until it is detached.
  void publish(const TrackInfo& info, std::shared_ptr<TrackFeed> feed);
  void unpublish(TrackId track);

  /// No tap is open or ending.
  bool idle() const { return taps_.empty(); }
  /// Ends all taps, releases all consumers, and runs the loop until that is done.
  void finish();

 private:
  struct Track {
    TrackInfo info;
    std::shared_ptr<TrackFeed> feed;  // Shared with the session's streaming thread.
  };
  using Key = std::pair<TrackTap*, TrackId>;

  bool uses(const TrackTap& tap) const;
  void offer(TrackTap& tap, TrackId track);
  void on_gone(const Key& key, const std::shared_ptr<TrackFeed>& feed, const Status& status,
               uint64_t dropped);
  void end_taps_of(const TrackTap& tap);
  /// On the loop's next run, notifies released consumers that have no tap left.
  void post_released();
  void tell_released();

  glib::ControlLoop& loop_;
  std::unique_ptr<TapFeeder> feeder_;  // From the first use() on.
  std::map<TrackId, Track> tracks_;
  std::vector<TrackTap*> users_, leaving_;
  std::map<Key, std::shared_ptr<Tap>> taps_;  // Shared with calls on their way, see Tap.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // Posts hold it weakly.
};

}  // namespace veche::media
