// SPDX-License-Identifier: Apache-2.0
// Rooms as handles of what runs on their lanes.
#include "media/lane_engine.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.hpp"

namespace veche::media {
namespace {

class EngineRoom final : public Room {
 public:
  EngineRoom(std::shared_ptr<RoomLanes> lanes, Selector& selector, PacketPolicy* policy,
             std::unique_ptr<Selector::Settings> settings, PeerSessions& sessions,
             std::function<void()> closed)
      : lanes_(std::move(lanes)),
        selector_(selector),
        policy_(policy),
        settings_(std::move(settings)),
        sessions_(sessions),
        closed_(std::move(closed)),
        alive_(std::make_shared<bool>(true)) {}

  ~EngineRoom() override {
    // What the lane used comes back with the command and is freed on control, the settings last.
    struct Removed {
      std::unique_ptr<Selector::Settings> settings;
      std::unique_ptr<LaneRoom> room;
    };
    auto removed = std::make_shared<Removed>();
    removed->settings = std::move(settings_);
    lanes_->home->post(make_command(
        [removed, id = id()](Lane& home) noexcept { removed->room = home.remove_room(id); }));
    closed_();
  }

  RoomId id() const override { return lanes_->feed->id; }

  Status use_selector_settings(const std::string& json) override {
    Result<std::unique_ptr<Selector::Settings>> made = selector_.make_settings(json);
    if (!made) return made.error();
    // The old settings live until the lane has the new ones.
    std::shared_ptr<Selector::Settings> old = std::move(settings_);
    settings_ = std::move(*made);
    lanes_->home->post(make_command(
        [id = id(), settings = settings_.get()](Lane& home) noexcept {
          if (LaneRoom* room = home.find_room(id)) room->use_settings(*settings);
        },
        [old] {}));
    return Ok{};
  }

  std::shared_ptr<Session> open_session(SessionRequest request, SessionEvents events) override {
    return sessions_.open(lanes_, policy_, std::move(request), std::move(events));
  }

  void set_muted(ParticipantId participant, bool muted) override {
    lanes_->settings[participant].muted = muted;
    for (const AttachedTrack& track : lanes_->tracks) {
      if (track.feed->participant == participant) {
        track.feed->muted.store(muted, std::memory_order_relaxed);
      }
    }
  }

  void set_preferences(ParticipantId participant,
                       const std::vector<Preference>& preferences) override {
    lanes_->settings[participant].preferences = preferences;
    for_home([participant, preferences](LaneRoom& room) mutable noexcept {
      room.set_preferences(participant, preferences);
    });
  }

  void set_max_speakers(ParticipantId participant, uint32_t count) override {
    lanes_->settings[participant].max_speakers = count;
    for_home([participant, count](LaneRoom& room) noexcept {
      room.set_max_speakers(participant, count);
    });
  }

  void forget(ParticipantId participant) override { lanes_->settings.erase(participant); }

  void poll_selection(std::function<void(const Selection&)> callback) override {
    const uint64_t version = lanes_->feed->version.load(std::memory_order_relaxed);
    if (polling_ || version == polled_version_) return;
    polling_ = true;
    polled_version_ = version;
    auto selection = std::make_shared<Selection>();
    lanes_->home->post(make_command(
        [selection, id = id()](Lane& home) noexcept {
          if (const LaneRoom* room = home.find_room(id)) room->copy(*selection);
        },
        [this, selection, alive = std::weak_ptr<bool>(alive_), callback = std::move(callback)] {
          if (alive.expired()) return;
          polling_ = false;
          callback(*selection);
        }));
  }

 private:
  template <class Change>
  void for_home(Change change) {
    lanes_->home->post(make_command([id = id(), change](Lane& home) mutable noexcept {
      if (LaneRoom* room = home.find_room(id)) change(*room);
    }));
  }

  std::shared_ptr<RoomLanes> lanes_;  // Shared with attachments that end after the room.
  Selector& selector_;
  PacketPolicy* policy_;
  std::unique_ptr<Selector::Settings> settings_;
  PeerSessions& sessions_;
  std::function<void()> closed_;
  std::shared_ptr<bool> alive_;  // Held weakly by callbacks.
  bool polling_ = false;
  uint64_t polled_version_ = 0;
};

size_t lane_count(uint32_t wanted) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  return std::min<size_t>(wanted == 0 ? cores : wanted, 64);
}

}  // namespace

LaneEngine::LaneEngine(glib::ControlLoop& loop, const Settings& settings, uint32_t max_audio_slots,
                       Selector* selector, PacketPolicy* policy)
    : loop_(loop),
      settings_(settings),
      max_audio_slots_(max_audio_slots),
      selector_(selector ? selector : &first_come_),
      policy_(policy),
      returns_(loop),
      sessions_(loop, settings_, relay_, ports_) {}

Result<std::unique_ptr<Engine>> LaneEngine::create(glib::ControlLoop& loop,
                                                   const Settings& settings,
                                                   uint32_t max_audio_slots, Selector* selector,
                                                   PacketPolicy* policy) {
  std::unique_ptr<LaneEngine> engine(
      new LaneEngine(loop, settings, max_audio_slots, selector, policy));
  const Status made = engine->make_lanes();
  if (!made) return made.error();
  return std::unique_ptr<Engine>(std::move(engine));
}

Status LaneEngine::make_lanes() {
  const size_t count = lane_count(settings_.lanes);
  std::vector<std::unique_ptr<WirePort>> ports;
  uint32_t next_port = settings_.first_port;
  for (size_t i = 0; i < count; ++i) {
    auto port = WirePort::open(settings_, next_port, relay_);
    if (!port) {
      if (settings_.path == PathKind::Wire) return port.error();
      log::warning("media", "the wire path is not to be had: " + port.error().message);
      ports.clear();
      break;
    }
    next_port = uint32_t{(*port)->port()} + 1;
    ports.push_back(std::move(*port));
  }
  for (const auto& port : ports) ports_.push_back(port.get());
  for (size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<Lane>(static_cast<uint32_t>(i), loop_, returns_,
                                            ports.empty() ? nullptr : std::move(ports[i])));
  }
  rooms_of_lane_.assign(count, 0);
  return Ok{};
}

LaneEngine::~LaneEngine() {
  // Sessions first: their last commands run on the lanes.
  sessions_.finish([this] { returns_.drain(); });
  lanes_.clear();
}

std::unique_ptr<Room> LaneEngine::open_room(RoomId id) {
  const auto least = std::min_element(rooms_of_lane_.begin(), rooms_of_lane_.end());
  const auto index = static_cast<size_t>(least - rooms_of_lane_.begin());
  Lane& home = *lanes_[index];
  // The plugin's own configuration was checked when it was loaded, so "{}" cannot fail for its
  // content.
  Result<std::unique_ptr<Selector::Settings>> settings = selector_->make_settings("{}");
  if (!settings) return nullptr;
  Result<std::unique_ptr<Selector::RoomState>> state = selector_->open(**settings);
  if (!state) return nullptr;

  auto lanes = std::make_shared<RoomLanes>();
  lanes->feed = std::make_shared<RoomFeed>(id);
  lanes->home = &home;
  lanes->all = &lanes_;
  lanes->used = {&home};
  auto room = std::make_unique<LaneRoom>(lanes->feed, std::move(*state), home.counters());
  home.post(
      make_command([room = std::move(room)](Lane& lane) mutable noexcept { lane.add_room(room); }));
  rooms_of_lane_[index] += 1;
  return std::make_unique<EngineRoom>(std::move(lanes), *selector_, policy_, std::move(*settings),
                                      sessions_, [this, index] { rooms_of_lane_[index] -= 1; });
}

Status LaneEngine::check_selector_settings(const std::string& json) {
  Result<std::unique_ptr<Selector::Settings>> made = selector_->make_settings(json);
  if (!made) return made.error();
  return Ok{};
}

ProfileLimits LaneEngine::profile_limits() const {
  ProfileLimits limits;
  limits.max_slots = max_audio_slots_;
  return limits;
}

std::vector<LaneStatistics> LaneEngine::lanes() const {
  std::vector<LaneStatistics> all;
  for (const auto& lane : lanes_) {
    const LaneCounters& counters = lane->counters();
    LaneStatistics& one = all.emplace_back();
    one.packets_in = counters.packets_in.value();
    one.packets_out = counters.packets_out.value();
    one.inbox_full = counters.inbox_full.value();
    one.stale = counters.stale.value();
    one.policy_dropped = counters.policy_dropped.value();
    one.rewriter_dropped = counters.rewriter_dropped.value();
    one.path_refused = counters.path_refused.value();
    one.bad_selections = counters.bad_selections.value();
    if (ports_.empty()) continue;
    const WirePort& port = *ports_[lane->index()];
    one.port = port.port();
    one.unknown_source = port.counters().unknown_source.value();
    for (const IceVerdict verdict :
         {IceVerdict::NotARequest, IceVerdict::UnknownUser, IceVerdict::Replayed,
          IceVerdict::HeldElsewhere, IceVerdict::Limited, IceVerdict::BadIntegrity}) {
      one.stun_refused += port.ice().count(verdict);
    }
  }
  return all;
}

bool LaneEngine::idle() const { return sessions_.idle(); }

Result<std::unique_ptr<Engine>> make_engine(glib::ControlLoop& loop, const Settings& settings,
                                            uint32_t max_audio_slots, Selector* selector,
                                            PacketPolicy* policy) {
  return LaneEngine::create(loop, settings, max_audio_slots, selector, policy);
}

}  // namespace veche::media
