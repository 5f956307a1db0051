// SPDX-License-Identifier: Apache-2.0
// The lane's thread: inbox, port, ticks.
#include "media/lane/lane.hpp"

#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

#include "base/thread_priority.hpp"
#include "base/thread_role.hpp"

namespace veche::media {
namespace {

constexpr size_t kInboxSize = 4096;
constexpr size_t kCommandReserve = 512;
constexpr uint32_t kRetryMs = 10;
constexpr int64_t kRetryNs = kNsPerMs;

thread_local const Lane* lane_of_this_thread = nullptr;

}  // namespace

bool Lane::is_here() const noexcept { return lane_of_this_thread == this; }

Lane::Lane(uint32_t index, const Lanes& all, glib::ControlLoop& loop, CommandReturns& returns,
           std::unique_ptr<Doorbell> bell, std::unique_ptr<Port> port, Clock clock)
    : index_(index),
      all_(all),
      bell_(std::move(bell)),
      port_(std::move(port)),
      clock_(clock),
      loop_(loop),
      returns_(returns),
      inbox_(kInboxSize, kCommandReserve),
      switchboard_(index, counters_, *this),
      thread_([this] {
        const std::string name = "lane-" + std::to_string(index_);
        pthread_setname_np(pthread_self(), name.c_str());
        raise_priority(kLaneNice);
        run();
      }) {}

Lane::~Lane() {
  assert(loop_.is_control());
  while (!waiting_.empty()) {
    retry_waiting();
    std::this_thread::yield();
  }
  stopping_.store(true);
  bell_->ring();
  thread_.join();
}

template <class Fill>
bool Lane::push(bool may_use_reserve, Fill&& fill) noexcept {
  const bool is_posted = inbox_.push(may_use_reserve, std::forward<Fill>(fill));
  if (is_posted) bell_->ring();
  return is_posted;
}

bool Lane::forward(TrackId track, const rtp::PacketView& packet, const PacketTimes& times,
                   uint8_t level, int64_t now_ns) noexcept {
  if (!is_here()) return post_packet(LaneMessage::Kind::Packet, track, packet, times, level);
  forwarded_ = true;
  switchboard_.forward(track, packet, times, level, now_ns);
  return true;
}

bool Lane::remember(TrackId track, const rtp::PacketView& packet, int64_t arrival_ns) noexcept {
  if (!is_here()) return post_packet(LaneMessage::Kind::Preroll, track, packet, arrival_ns, 0);
  switchboard_.remember(track, packet, arrival_ns);
  return true;
}

bool Lane::wake(RoomId room, int64_t now_ns) noexcept {
  if (is_here()) {
    switchboard_.wake(room, now_ns);
    return true;
  }
  return push(true, [&](LaneMessage& message) {
    message.kind = LaneMessage::Kind::Wake;
    message.id = room.value;
  });
}

bool Lane::post_packet(LaneMessage::Kind kind, TrackId track, const rtp::PacketView& packet,
                       const PacketTimes& times, uint8_t level) noexcept {
  const std::span<const uint8_t> bytes = packet.bytes();
  const bool is_posted =
      bytes.size() <= rtp::kMaxPacketSize && push(false, [&](LaneMessage& message) {
        message.kind = kind;
        message.id = track.value;
        message.level = level;
        message.times = times;
        message.packet = packet.of_copy(message.bytes);
        std::memcpy(message.bytes, bytes.data(), bytes.size());
      });
  if (!is_posted) counters_.inbox_full.add();
  return is_posted;
}

void Lane::post_datagram(SessionId session, std::span<const uint8_t> datagram) noexcept {
  const bool is_posted =
      datagram.size() <= rtp::kMaxPacketSize && push(false, [&](LaneMessage& message) {
        message.kind = LaneMessage::Kind::Datagram;
        message.id = session.value;
        message.size = static_cast<uint16_t>(datagram.size());
        std::memcpy(message.bytes, datagram.data(), datagram.size());
      });
  if (!is_posted) counters_.inbox_full.add();
}

bool Lane::post_fill(const SlotFill& fill) noexcept {
  assert(is_on_lane());
  return push(false, [&](LaneMessage& message) {
    message.kind = LaneMessage::Kind::Fill;
    message.fill = fill;
  });
}

void Lane::post(std::unique_ptr<LaneCommand> command) {
  assert(loop_.is_control());
  waiting_.push_back(std::move(command));
  retry_waiting();
}

void Lane::retry_waiting() {
  while (!waiting_.empty()) {
    LaneCommand* command = waiting_.front().get();
    const bool posted = push(true, [&](LaneMessage& message) {
      message.kind = LaneMessage::Kind::Command;
      message.command = command;
    });
    if (!posted) break;
    // The lane owns it now; the returns bring it back.
    static_cast<void>(waiting_.front().release());
    waiting_.pop_front();
  }
  if (waiting_.empty()) {
    retry_timer_.cancel();
  } else if (!retry_timer_) {
    retry_timer_ = loop_.every(kRetryMs, [this] { retry_waiting(); });
  }
}

void Lane::run() noexcept {
  thread_role = ThreadRole::Lane;
  lane_of_this_thread = this;
  busy_since_ns_ = clock_();
  while (true) {
    // Packets never starve ticks: the lane handles at most one batch between two looks at the
    // clock.
    constexpr int kBatch = 64;
    int handled = 0;
    if (const size_t depth = inbox_.depth(); depth > 0) {
      counters_.inbox_depth.note(static_cast<uint32_t>(depth), busy_since_ns_);
    }
    while (LaneMessage* message = handled < kBatch ? inbox_.front() : nullptr) {
      now_ns_ = clock_();
      handle(*message);
      inbox_.pop();
      ++handled;
    }
    if (switchboard_.tick_due_ns() != INT64_MAX) tick();
    if (switchboard_.has_fills()) hand_out_fills();
    // The port may have received something while the lane was busy.
    readable_ |= handled > 0;
    if (port_ && serve_port()) continue;
    if (handled > 0) continue;
    if (stopping_.load()) return;
    wait();
  }
}

void Lane::tick() noexcept {
  const int64_t now_ns = clock_();
  if (now_ns < switchboard_.tick_due_ns()) return;
  count_busy(now_ns);
  switchboard_.tick(now_ns);
}

void Lane::hand_out_fills() noexcept {
  switchboard_.hand_out([this](const SlotFill& fill) { return all_[fill.lane]->post_fill(fill); });
}

/// True if something has arrived and more may follow.
bool Lane::serve_port() noexcept {
  const int64_t now_ns = clock_();
  const bool received = readable_ || now_ns >= port_->receive_due_ns();
  if (received) {
    forwarded_ = false;
    readable_ = port_->receive();
    readable_ |= forwarded_;
  }
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
  count_busy(clock_());
  int64_t until_ns = switchboard_.tick_due_ns();
  if (switchboard_.has_fills()) until_ns = std::min(until_ns, busy_since_ns_ + kRetryNs);
  if (port_) {
    until_ns = std::min({until_ns, port_->receive_due_ns(), port_->tick_due_ns()});
  }
  readable_ = bell_->wait(until_ns, port_ ? port_->descriptors() : std::span<const int>(),
                          [this] { return inbox_.front() != nullptr || stopping_.load(); });
  busy_since_ns_ = clock_();
}

int64_t Lane::flush() noexcept {
  if (port_) port_->flush();
  return clock_();
}

void Lane::handle(LaneMessage& message) noexcept {
  switch (message.kind) {
    case LaneMessage::Kind::Packet:
      switchboard_.forward(TrackId{message.id}, message.packet, message.times, message.level,
                           now_ns_);
      break;
    case LaneMessage::Kind::Preroll:
      switchboard_.remember(TrackId{message.id}, message.packet, message.times.arrival_ns);
      break;
    case LaneMessage::Kind::Wake: switchboard_.wake(RoomId{message.id}, now_ns_); break;
    case LaneMessage::Kind::Fill:
      switchboard_.fill(message.fill.session, message.fill.slot, message.fill.track, now_ns_);
      break;
    case LaneMessage::Kind::Datagram:
      if (port_) port_->send(SessionId{message.id}, {message.bytes, message.size});
      break;
    case LaneMessage::Kind::Command:
      message.command->run(*this);
      if (switchboard_.has_fills()) hand_out_fills();
      returns_.give_back(message.command);
      break;
  }
}

}  // namespace veche::media
