// SPDX-License-Identifier: Apache-2.0
// The lane's thread: inbox, packets, ticks.
#include "media/lane/lane.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/prefetch.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"

namespace veche::media {
namespace {

constexpr size_t kInboxSize = 4096;
constexpr size_t kCommandReserve = 512;
constexpr uint32_t kRetryMs = 10;
constexpr int kPriority = -10;
/// A lane that is late catches up by leaving out what would only be heard as an echo of the past.
constexpr int64_t kStaleNs = 500 * kNsPerMs;
/// So many listeners are served at a time: few enough that the first do not wait for the last, and
/// enough for code and kernel to stay in the cache.
constexpr size_t kFanOutBatch = 32;

}  // namespace

Lane::Lane(uint32_t index, glib::ControlLoop& loop, CommandReturns& returns,
           std::unique_ptr<Doorbell> bell, std::unique_ptr<Port> port)
    : index_(index),
      bell_(std::move(bell)),
      port_(std::move(port)),
      loop_(loop),
      returns_(returns),
      inbox_(kInboxSize, kCommandReserve),
      thread_([this] {
        const std::string name = "lane-" + std::to_string(index_);
        pthread_setname_np(pthread_self(), name.c_str());
        // Forwarding goes before handshakes and HTTP. Without the permission (CAP_SYS_NICE) it goes
        // on as it is.
        static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kPriority));
        run();
      }) {}

Lane::~Lane() {
  while (!waiting_.empty()) {
    retry_waiting();
    std::this_thread::yield();
  }
  stopping_.store(true);
  bell_->ring();
  thread_.join();
}

bool Lane::post_packet(TrackId track, std::span<const uint8_t> bytes, const PacketTimes& times,
                       uint8_t level, bool preroll) noexcept {
  const bool posted =
      bytes.size() <= rtp::kMaxPacketSize && inbox_.push(false, [&](Message& message) {
        message.kind = preroll ? Message::Kind::Preroll : Message::Kind::Packet;
        message.id = track.value;
        message.level = level;
        message.times = times;
        message.size = static_cast<uint16_t>(bytes.size());
        std::memcpy(message.bytes, bytes.data(), bytes.size());
      });
  if (posted) {
    bell_->ring();
  } else {
    counters_.inbox_full.add();
  }
  return posted;
}

void Lane::post_datagram(SessionId session, std::span<const uint8_t> datagram) noexcept {
  const bool posted =
      datagram.size() <= rtp::kMaxPacketSize && inbox_.push(false, [&](Message& message) {
        message.kind = Message::Kind::Datagram;
        message.id = session.value;
        message.size = static_cast<uint16_t>(datagram.size());
        std::memcpy(message.bytes, datagram.data(), datagram.size());
      });
  if (posted) {
    bell_->ring();
  } else {
    counters_.inbox_full.add();
  }
}

void Lane::post_wake(RoomId room) noexcept {
  const bool posted = inbox_.push(true, [&](Message& message) {
    message.kind = Message::Kind::Wake;
    message.id = room.value;
  });
  if (posted) bell_->ring();
}

bool Lane::post_fill(SessionId session, uint32_t slot, TrackId track) noexcept {
  const bool posted = inbox_.push(false, [&](Message& message) {
    message.kind = Message::Kind::Fill;
    message.id = session.value;
    message.slot = slot;
    message.track = track.value;
  });
  if (posted) bell_->ring();
  return posted;
}

void Lane::post(std::unique_ptr<LaneCommand> command) {
  waiting_.push_back(std::move(command));
  retry_waiting();
}

void Lane::retry_waiting() {
  while (!waiting_.empty()) {
    LaneCommand* command = waiting_.front().get();
    const bool posted = inbox_.push(true, [&](Message& message) {
      message.kind = Message::Kind::Command;
      message.command = command;
    });
    if (!posted) break;
    // The lane has it now; it comes back through the returns.
    static_cast<void>(waiting_.front().release());
    waiting_.pop_front();
    bell_->ring();
  }
  if (waiting_.empty()) {
    retry_timer_.cancel();
  } else if (!retry_timer_) {
    retry_timer_ = loop_.every(kRetryMs, [this] { retry_waiting(); });
  }
}

void Lane::run() noexcept {
  thread_role = ThreadRole::Lane;
  busy_since_ns_ = monotonic_ns();
  while (true) {
    // Ticks are never starved by packets: at most a batch lies between two looks at the clock.
    constexpr int kBatch = 64;
    int handled = 0;
    if (const size_t depth = inbox_.depth(); depth > 0) {
      counters_.inbox_depth.note(static_cast<uint32_t>(depth), busy_since_ns_);
    }
    while (Message* message = handled < kBatch ? inbox_.front() : nullptr) {
      handle(*message);
      inbox_.pop();
      ++handled;
    }
    if (any_awake_ && monotonic_ns() >= next_tick_ns_) tick_rooms();
    // Whoever was busy may have missed something.
    readable_ |= handled > 0;
    if (port_ && serve_port()) continue;
    if (handled > 0) continue;
    if (stopping_.load()) return;
    wait();
  }
}

/// True if something has arrived, which may have left messages in our own inbox.
bool Lane::serve_port() noexcept {
  const int64_t now_ns = monotonic_ns();
  const bool received = readable_ || now_ns >= port_->receive_due_ns();
  if (received) readable_ = port_->receive();
  if (now_ns >= port_->tick_due_ns()) {
    count_busy(now_ns);
    port_->tick(now_ns);
  }
  return received;
}

void Lane::count_busy(int64_t now_ns) noexcept {
  counters_.busy_ns.add(static_cast<uint64_t>(now_ns - busy_since_ns_));
  busy_since_ns_ = now_ns;
}

void Lane::wait() noexcept {
  int64_t until_ns = any_awake_ ? next_tick_ns_ : INT64_MAX;
  if (port_) {
    until_ns = std::min({until_ns, port_->receive_due_ns(), port_->tick_due_ns()});
  }
  count_busy(monotonic_ns());
  readable_ = bell_->wait(until_ns, port_ ? port_->descriptors() : std::span<const int>(),
                          [this] { return inbox_.front() != nullptr || stopping_.load(); });
  busy_since_ns_ = monotonic_ns();
}

void Lane::handle(Message& message) noexcept {
  switch (message.kind) {
    case Message::Kind::Packet: handle_packet(message, false); break;
    case Message::Kind::Preroll: handle_packet(message, true); break;
    case Message::Kind::Wake: wake(RoomId{message.id}); break;
    case Message::Kind::Fill:
      fill(SessionId{message.id}, message.slot, TrackId{message.track});
      break;
    case Message::Kind::Datagram:
      if (port_) port_->send(SessionId{message.id}, {message.bytes, message.size});
      break;
    case Message::Kind::Command:
      message.command->run(*this);
      returns_.give_back(message.command);
      break;
  }
}

void Lane::handle_packet(const Message& message, bool preroll) noexcept {
  const auto found = tracks_.find(TrackId{message.id});
  if (found == tracks_.end()) return;
  Track& track = found->second;
  const std::span<const uint8_t> bytes(message.bytes, message.size);
  const std::optional<rtp::PacketView> view = rtp::PacketView::parse(bytes);
  if (!view) return;
  const LanePacket packet{*view, message.times, track.sequence.extend(view->sequence()),
                          message.level};
  if (!preroll) {
    counters_.packets_in.add();
    const int64_t now_ns = monotonic_ns();
    if (now_ns - message.times.arrival_ns > kStaleNs) {
      counters_.stale.add();
      return;
    }
    std::span<const Route> routes(track.routes);
    while (!routes.empty()) {
      const auto batch = routes.first(std::min(routes.size(), kFanOutBatch));
      forward(batch, track, packet, now_ns);
      routes = routes.subspan(batch.size());
    }
  }
  track.history.push(bytes, message.times.arrival_ns);
}

void Lane::forward(std::span<const Route> routes, const Track& track, const LanePacket& packet,
                   int64_t now_ns) noexcept {
  prefetch(routes);
  uint64_t forwarded = 0;
  for (const Route& route : routes) {
    const bool is_sent = route.session->forward(route.slot, *track.feed, packet, track.history,
                                                track.level_extension, now_ns);
    forwarded += is_sent ? 1 : 0;
  }
  if (port_) port_->flush();
  if (forwarded > 0) counters_.forward_ns.add(monotonic_ns() - packet.times.arrival_ns, forwarded);
}

/// The sessions of a large room are not in the cache. Asked for together they come together, and
/// none is waited for.
void Lane::prefetch(std::span<const Route> routes) noexcept {
  for (const Route& route : routes) veche::prefetch(route.session);
  for (int depth = 0; depth < Path::kPrefetchDepth; ++depth) {
    for (const Route& route : routes) route.session->prefetch(route.slot, depth);
  }
}

void Lane::tick_rooms() noexcept {
  const int64_t now_ns = monotonic_ns();
  count_busy(now_ns);
  // A lane that was late does not catch up: the next tick is a full period away.
  next_tick_ns_ = std::max(next_tick_ns_ + kTickNs, now_ns + kTickNs / 2);
  any_awake_ = false;
  for (auto& [id, room] : rooms_) any_awake_ |= room->select(now_ns, *this);
}

void Lane::wake(RoomId room) noexcept {
  if (!find_room(room)) return;
  if (!any_awake_) next_tick_ns_ = monotonic_ns();
  any_awake_ = true;
}

void Lane::add_track(std::shared_ptr<TrackFeed> feed, uint8_t level_extension) {
  const TrackId id = feed->id;
  Track& track = tracks_[id];
  track.feed = std::move(feed);
  track.level_extension = level_extension;
}

void Lane::remove_track(TrackId id) noexcept {
  const auto found = tracks_.find(id);
  if (found == tracks_.end()) return;
  const int64_t now_ns = monotonic_ns();
  for (const Route& route : found->second.routes) {
    route.session->fill(route.slot, TrackId{}, now_ns);
  }
  found->second.feed->wanted_lanes.fetch_and(~bit(), std::memory_order_relaxed);
  tracks_.erase(found);
}

void Lane::add_session(std::unique_ptr<LaneSession>& session) {
  const SessionId id = session->id();
  sessions_[id] = std::move(session);
}

std::unique_ptr<LaneSession> Lane::remove_session(SessionId id) noexcept {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return nullptr;
  std::unique_ptr<LaneSession> session = std::move(found->second);
  for (uint32_t slot = 0; slot < session->slot_count(); ++slot) remove_route(*session, slot);
  sessions_.erase(found);
  return session;
}

void Lane::add_room(std::unique_ptr<LaneRoom>& room) {
  const RoomId id = room->id();
  rooms_[id] = std::move(room);
}

std::unique_ptr<LaneRoom> Lane::remove_room(RoomId id) noexcept {
  const auto found = rooms_.find(id);
  if (found == rooms_.end()) return nullptr;
  std::unique_ptr<LaneRoom> room = std::move(found->second);
  rooms_.erase(found);
  return room;
}

LaneRoom* Lane::find_room(RoomId id) noexcept {
  const auto found = rooms_.find(id);
  return found == rooms_.end() ? nullptr : found->second.get();
}

LaneSession* Lane::find_session(SessionId id) noexcept {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.get();
}

void Lane::fill(SessionId id, uint32_t slot, TrackId track) noexcept {
  LaneSession* session = find_session(id);
  if (!session || slot >= session->slot_count() || session->track(slot) == track) return;
  remove_route(*session, slot);
  const auto found = tracks_.find(track);
  session->fill(slot, found == tracks_.end() ? TrackId{} : track, monotonic_ns());
  if (found == tracks_.end()) return;
  counters_.slot_switches.add();
  add_route(found->second, *session, slot);
}

void Lane::use_policy(PacketPolicy* policy) noexcept {
  for (const auto& [id, session] : sessions_) session->use_policy(policy);
}

void Lane::add_route(Track& track, LaneSession& session, uint32_t slot) {
  track.routes.push_back({&session, slot});
  track.feed->wanted_lanes.fetch_or(bit(), std::memory_order_relaxed);
}

void Lane::remove_route(LaneSession& session, uint32_t slot) noexcept {
  const auto found = tracks_.find(session.track(slot));
  if (found == tracks_.end()) return;
  Track& track = found->second;
  std::erase_if(track.routes, [&](const Route& route) {
    return route.session == &session && route.slot == slot;
  });
  if (!track.routes.empty()) return;
  track.feed->wanted_lanes.fetch_and(~bit(), std::memory_order_relaxed);
  track.history.clear();
}

}  // namespace veche::media
