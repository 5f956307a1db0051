// SPDX-License-Identifier: Apache-2.0
// The engine: lanes, rooms on them, and sessions over webrtcbin.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/workers.hpp"
#include "glib/control_loop.hpp"
#include "media/engine.hpp"
#include "media/engine/engine_room.hpp"
#include "media/engine/first_come.hpp"
#include "media/lane/attachment.hpp"
#include "media/lane/command.hpp"
#include "media/lane/lane.hpp"
#include "media/session/peer_sessions.hpp"
#include "media/tap/taps.hpp"
#include "media/wire/wire_port.hpp"

namespace veche::media {

class LaneEngine final : public Engine {
 public:
  static Result<std::unique_ptr<Engine>> create(glib::ControlLoop& loop, const Settings& settings);
  ~LaneEngine() override;

  std::unique_ptr<Room> open_room(RoomId id) override;
  void use_selector(Selector* selector, std::function<void()> done) override;
  void use_packet_policy(PacketPolicy* policy, std::function<void()> done) override;
  void after_lanes(std::function<void()> done) override {
    static_cast<void>(make_latch(std::move(done)));
  }
  std::string selector_name() const override { return selector_->name(); }
  Status check_selector_settings(const std::string& json) override;
  std::vector<LaneStatistics> lanes() const override;
  SessionsInMaking sessions_in_making() const override { return sessions_.in_making(); }
  PortUse ports() const override {
    return {settings_.last_port - settings_.first_port + 1,
            static_cast<int64_t>(ports_.size() + sessions_.count(PathKind::Pipeline))};
  }
  SessionCost session_cost(PathKind path) const override {
    return media::session_cost(path, address_count_);
  }
  void put_metrics(MetricSink& sink) const override;
  PathKind default_path() const override { return settings_.path; }
  bool has_path(PathKind path) const override {
    return path == PathKind::Pipeline || !ports_.empty();
  }
  TrackTaps& track_taps() override { return taps_; }
  bool idle() const override;

 private:
  LaneEngine(glib::ControlLoop& loop, const Settings& settings);
  Status make_lanes();
  void note_loads();
  void give_selector(EngineRoom& room, const std::shared_ptr<void>& latch);
  /// Calls `done` on control when it is released and every lane has run all commands posted until
  /// then.
  std::shared_ptr<void> make_latch(std::function<void()> done);

  glib::ControlLoop& loop_;
  const Settings settings_;
  const size_t address_count_;
  FirstComeSelector first_come_{settings_.is_silent_without_selector};
  Selector* selector_ = &first_come_;
  CommandReturns returns_;
  Taps taps_;  // Outlives the lanes, which may copy to it.
  DtlsRelay relay_;
  Lanes lanes_;
  std::vector<WirePort*> ports_;  // By lane; the lanes own them. Empty without the wire path.
  /// Shared with rooms, whose sessions take their seats there.
  const std::shared_ptr<LaneLoads> loads_ = std::make_shared<LaneLoads>();
  std::vector<EngineRoom*> rooms_;
  PeerSessions sessions_;
  glib::Timer load_timer_;
};

}  // namespace veche::media
