// SPDX-License-Identifier: Apache-2.0
// The extension veche.track-tap/1 as one of those who tap tracks, and what veche.taps/1 does for
// it.
#pragma once

#include <veche/track_tap.h>

#include <functional>
#include <string>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/track_tap.hpp"
#include "plugin/hook_timer.hpp"

namespace veche::plugin {

/// [control] all of it.
class TrackTapAdapter final : public media::TrackTap {
 public:
  /// `name` is the plugin's in the configuration. The table is checked. Loop, table, plugin and
  /// timers outlive the adapter.
  TrackTapAdapter(std::string name, glib::ControlLoop& loop, const veche_track_tap& table,
                  veche_plugin* self, HookTimers& timers);
  /// Waits for release(), if that has not been done: for the end of a server, not of a plugin in a
  /// call.
  ~TrackTapAdapter() override;
  TrackTapAdapter(const TrackTapAdapter&) = delete;
  TrackTapAdapter& operator=(const TrackTapAdapter&) = delete;

  /// From now on the plugin gets tracks, those that are there first. Does nothing if it gets them
  /// already.
  void attach(media::TrackTaps& taps);
  /// Ends the plugin's taps; `done` is called, later, when all of them have been reported to it.
  void release(std::function<void()> done);

  // What veche.taps/1 calls.
  veche_status open_track(uint64_t track);
  veche_status close_track(uint64_t track);

  std::string name() const override { return name_; }
  Result<glib::Ref<GstElement>> open(const media::TrackInfo& track) override;
  void closed(TrackId track, const Status& status, uint64_t dropped) override;
  void released() override;

 private:
  const std::string name_;
  glib::ControlLoop& loop_;
  const veche_track_tap& table_;
  veche_plugin* const self_;
  HookTimer &open_timer_, &closed_timer_;
  media::TrackTaps* taps_ = nullptr;  ///< Null: not attached, or released.
  bool is_asked_ = false;             ///< The plugin's open() runs.
  std::function<void()> released_;
};

}  // namespace veche::plugin
