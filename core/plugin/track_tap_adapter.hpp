// SPDX-License-Identifier: Apache-2.0
// The extension veche.track-tap/1 as the media layer's TrackTap, and the service veche.taps/1.
#pragma once

#include <veche/track_tap.h>

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/track_tap.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"

namespace veche::plugin {

/// [control] all of it.
class TrackTapAdapter final : public Adapter, public media::TrackTap {
 public:
  using Table = veche_track_tap;
  static constexpr char kId[] = VECHE_EXT_TRACK_TAP;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_track_tap, closed));
  static Status check(const veche_track_tap& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_track_tap& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Loop, table, plugin and
  /// timers outlive the adapter.
  TrackTapAdapter(std::string name, glib::ControlLoop& loop, const veche_track_tap& table,
                  veche_plugin* self, HookTimers& timers);
  /// Waits for release() unless that is done: for the end of a server, not of a plugin during
  /// calls.
  ~TrackTapAdapter() override;

  void give(media::Engine& engine, room::Server& rooms) override;
  void take(media::Engine& engine, room::Server& rooms, const std::function<void()>& done) override;

  /// Offers tracks to the plugin from now on, existing ones first. Does nothing if attached
  /// already.
  void attach(media::TrackTaps& taps);
  /// Ends the plugin's taps; `done` is called later, when the plugin has learnt of all their ends.
  void release(std::function<void()> done);

  // Called by veche.taps/1.
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
