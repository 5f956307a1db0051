// SPDX-License-Identifier: Apache-2.0
// Makes lanes, spreads rooms over them, and replaces their selector and policy.
#include "media/engine/lane_engine.hpp"

#include <algorithm>
#include <cassert>
#include <thread>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/wire/candidates.hpp"

namespace veche::media {
namespace {

constexpr uint32_t kLoadMs = 1000;

size_t lane_count(uint32_t wanted) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  return std::min<size_t>(wanted == 0 ? cores : wanted, kMaxLanes);
}

size_t count_addresses(const Settings& settings) {
  const auto addresses = usable_addresses(settings.addresses);
  return addresses ? addresses->size() : 1;
}

/// What this host does not give to the lanes' sockets, which are all alike.
void tell_of_sockets(const WirePort& port, const Settings& settings) {
  constexpr int kKiB = 1024;
  if (!port.splits_silence()) {
    log::info("media", "this kernel does not sort out silence: lanes are woken for every packet");
  }
  if (port.buffer_bytes() < UdpSocket::kBufferBytes) {
    log::warning("media", "the kernel gives each lane a receive buffer of " +
                              std::to_string(port.buffer_bytes() / kKiB) + " KiB, not " +
                              std::to_string(UdpSocket::kBufferBytes / kKiB) +
                              ": set net.core.rmem_max to " +
                              std::to_string(UdpSocket::kBufferBytes) +
                              ", or bursts are dropped (veche_packets_dropped_total, reason "
                              "kernel)");
  }
  if (!port.is_marked()) {
    log::info("media", "this host does not let the server mark voice with DSCP " +
                           std::to_string(settings.dscp));
  }
}

}  // namespace

LaneEngine::LaneEngine(glib::ControlLoop& loop, const Settings& settings)
    : loop_(loop),
      settings_(settings),
      address_count_(count_addresses(settings)),
      returns_(loop),
      taps_(loop),
      sessions_(loop, settings_, relay_, ports_, taps_) {}

Result<std::unique_ptr<Engine>> LaneEngine::create(glib::ControlLoop& loop,
                                                   const Settings& settings) {
  std::unique_ptr<LaneEngine> engine(new LaneEngine(loop, settings));
  const Status made = engine->make_lanes();
  if (!made) return made.error();
  engine->sessions_.warm_up();
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
      log::warning("media", "the wire path is not available: " + port.error().message);
      ports.clear();
      break;
    }
    next_port = uint32_t{(*port)->port()} + 1;
    ports.push_back(std::move(*port));
  }
  for (const auto& port : ports) ports_.push_back(port.get());
  if (!ports.empty()) tell_of_sockets(*ports.front(), settings_);
  for (size_t i = 0; i < count; ++i) {
    auto bell = Doorbell::open();
    if (!bell) return bell.error();
    lanes_.push_back(std::make_unique<Lane>(static_cast<uint32_t>(i), lanes_, loop_, returns_,
                                            std::move(*bell),
                                            ports.empty() ? nullptr : std::move(ports[i])));
  }
  note_loads();
  load_timer_ = loop_.every(kLoadMs, [this] { note_loads(); });
  return Ok{};
}

void LaneEngine::note_loads() {
  std::vector<uint64_t> busy_ns;
  for (const auto& lane : lanes_) busy_ns.push_back(lane->counters().busy_ns.value());
  loads_->note(busy_ns, monotonic_ns());
}

LaneEngine::~LaneEngine() {
  assert(is_on_control());
  // Sessions first: their last commands run on the lanes.
  sessions_.finish([this] { returns_.drain(); });
  taps_.finish();
  lanes_.clear();
}

std::unique_ptr<Room> LaneEngine::open_room(RoomId id) {
  assert(is_on_control());
  Lane& home = *lanes_[loads_->calmest(static_cast<uint32_t>(lanes_.size()))];
  loads_->add_room(home.index());
  auto lanes = std::make_shared<RoomLanes>();
  lanes->feed = std::make_shared<RoomFeed>(id);
  lanes->home = &home;
  lanes->all = &lanes_;
  lanes->used = {&home};
  lanes->loads = loads_;
  auto room = std::make_unique<EngineRoom>(std::move(lanes), sessions_, [this](EngineRoom& closed) {
    loads_->remove_room(closed.home().index());
    std::erase(rooms_, &closed);
  });
  rooms_.push_back(room.get());
  give_selector(*room, nullptr);
  return room;
}

void LaneEngine::give_selector(EngineRoom& room, const std::shared_ptr<void>& latch) {
  const Status given = room.use_selector(*selector_, latch);
  if (given) return;
  log::error("media",
             selector_->name() + " cannot select for room " + std::to_string(room.id().value) +
                 (settings_.is_silent_without_selector ? ", in which nobody is heard: "
                                                       : ", which is first come, first served: ") +
                 given.error().message);
  // Its stand-in has no settings and no state that could fail.
  static_cast<void>(room.use_selector(first_come_, latch));
}

void LaneEngine::use_selector(Selector* selector, std::function<void()> done) {
  assert(is_on_control());
  selector_ = selector ? selector : &first_come_;
  const std::shared_ptr<void> latch = make_latch(std::move(done));
  for (EngineRoom* room : rooms_) give_selector(*room, latch);
}

void LaneEngine::use_packet_policy(PacketPolicy* policy, std::function<void()> done) {
  assert(is_on_control());
  sessions_.use_policy(policy);
  const std::shared_ptr<void> latch = make_latch(std::move(done));
  for (const auto& lane : lanes_) {
    lane->post(
        make_command([latch, policy](Lane& on) noexcept { on.switchboard().use_policy(policy); }));
  }
}

std::shared_ptr<void> LaneEngine::make_latch(std::function<void()> done) {
  std::shared_ptr<void> latch(nullptr, [done = std::move(done)](void*) { done(); });
  // Rooms and sessions that are closing may still use the former one.
  for (const auto& lane : lanes_) lane->post(make_command([latch](Lane&) noexcept {}));
  return latch;
}

Status LaneEngine::check_selector_settings(const std::string& json) {
  Result<std::unique_ptr<Selector::Settings>> made = selector_->make_settings(json);
  if (!made) return made.error();
  return Ok{};
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
    one.busy_ns = counters.busy_ns.value();
    if (ports_.empty()) continue;
    const WirePort& port = *ports_[lane->index()];
    one.port = port.port();
    one.silent = port.counters().silent.value();
    one.unknown_source = port.counters().unknown_source.value();
    one.stun_refused = port.ice().refused();
    one.kernel_dropped = port.kernel_drops();
  }
  return all;
}

bool LaneEngine::idle() const { return sessions_.idle() && taps_.idle(); }

Result<std::unique_ptr<Engine>> make_engine(glib::ControlLoop& loop, const Settings& settings) {
  return LaneEngine::create(loop, settings);
}

}  // namespace veche::media
