// SPDX-License-Identifier: Apache-2.0
// Admission of rooms, delivery of events, and the clock of all rooms.
#include "room/server.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "glib/json.hpp"
#include "room/checks.hpp"
#include "room/random.hpp"

namespace veche::room {

Server::Server(glib::ControlLoop& loop, media::Engine& engine, Limits limits, uint32_t tick_ms)
    : loop_(loop),
      engine_(engine),
      limits_(limits),
      admission_(engine),
      now_ns_(monotonic_ns()),
      parts_(engine),
      alive_(std::make_shared<bool>(true)) {
  if (tick_ms > 0) timer_ = loop_.every(tick_ms, [this] { tick(monotonic_ns()); });
}

Server::~Server() { stop(); }

Result<Room*> Server::create_room(const std::string& id, RoomPolicy policy) {
  assert(is_on_control());
  if (Status status = takes_new("rooms"); !status) return status.error();
  if (Status status = check_name("The name of the room", id); !status) return status.error();
  if (rooms_.contains(id)) {
    return Error{ErrorCode::Conflict, "A room named \"" + id + "\" exists already."};
  }
  if (rooms_.size() >= limits_.max_rooms) {
    return Error{ErrorCode::Exhausted,
                 "The server has its limit of " + std::to_string(limits_.max_rooms) + " rooms."};
  }
  if (Status status = check_policy(policy, engine_); !status) return status.error();
  if (Status status = parts_.check(policy.plugins); !status) return status.error();
  std::unique_ptr<media::Room> media = engine_.open_room(RoomId::next());
  // A room opens with the empty part.
  if (const auto part = parts_.selector_part(id, policy); part && *part != "{}") {
    if (Status status = media->use_selector_settings(*part); !status) return status.error();
  }
  auto room = std::make_unique<Room>(*this, id, std::move(policy), std::move(media));
  closed_.forget(id);
  Room* created = rooms_.emplace(id, std::move(room)).first->second.get();
  for (RoomSettings* plugin : parts_.plugins()) tell_part(*plugin, *created);
  log::info("room", "is created", {id, {}, {}});
  emit(*created, "room.created", {}, created->policy_json());
  return created;
}

Room* Server::find_room(const std::string& id) {
  assert(is_on_control());
  const auto found = rooms_.find(id);
  return found == rooms_.end() ? nullptr : found->second.get();
}

const Trace* Server::find_trace(const std::string& room, const std::string& participant) {
  assert(is_on_control());
  Room* open = find_room(room);
  const Participant* present = open ? open->find(participant) : nullptr;
  return present ? &present->trace() : find_former_trace(room, participant);
}

const Trace* Server::find_former_trace(const std::string& room, const std::string& participant) {
  assert(is_on_control());
  return former_traces_.find(room, participant, now_ns_);
}

Result<Room*> Server::find_or_create_room(const std::string& id, bool may_create) {
  if (Room* room = find_room(id)) return room;
  if (!limits_.auto_create && !may_create) {
    return not_found("There is no such room, and this server does not create rooms on demand.");
  }
  // The room would be for a new participant.
  if (Status status = takes_participants(); !status) return status.error();
  RoomPolicy policy;
  policy.empty_timeout_s = limits_.empty_timeout_s;
  return create_room(id, std::move(policy));
}

void Server::on_selector_changed() {
  assert(is_on_control());
  for (const auto& [id, room] : rooms_) {
    const auto part = parts_.selector_part(id, room->policy());
    if (!part || *part == "{}") continue;
    const Status used = room->media().use_selector_settings(*part);
    if (used) continue;
    std::string line = engine_.selector_name();
    line.append(" rejects the room's settings, and uses its own: ");
    log::warning("room", line.append(used.error().message), {id, {}, {}});
  }
}

std::pair<Room*, Participant*> Server::find_participant(ParticipantId number) const {
  assert(is_on_control());
  const auto found = by_number_.find(number);
  return found == by_number_.end() ? std::pair<Room*, Participant*>{} : found->second;
}

Status Server::remove_room(const std::string& id, EndReason reason) {
  assert(is_on_control());
  auto taken = rooms_.extract(id);
  if (!taken) return not_found("There is no such room.");
  taken.mapped()->close(reason);
  closed_.add(id, taken.mapped()->incarnation(), taken.mapped()->last_seq_, now_ns_);
  retire(std::move(taken.mapped()));
  return Ok{};
}

void Server::add_room_settings(RoomSettings& plugin) {
  assert(is_on_control());
  parts_.add(plugin);
  for (const auto& [id, room] : rooms_) tell_part(plugin, *room);
}

void Server::tell_part(RoomSettings& plugin, const Room& room) {
  tell_later([this, &plugin, id = room.id(),
              json = PluginParts::part_of(plugin, room.id(), room.policy())] {
    if (parts_.has(&plugin)) plugin.changed(id, json);
  });
}

void Server::add_event_handler(EventHandler handler) {
  assert(is_on_control());
  event_handlers_.push_back(std::move(handler));
}

Status Server::takes_new(const char* what) const {
  assert(is_on_control());
  if (is_stopping_) return Error{ErrorCode::Unavailable, "The server is stopping."};
  if (!drain_) return Ok{};
  return Error{ErrorCode::Unavailable,
               std::string("The server is draining: it accepts no new ") + what + "."};
}

void Server::drain(uint32_t deadline_s, bool is_final) {
  assert(is_on_control());
  const int64_t left_ns = deadline_s * kNsPerS;
  Drain drain{now_ns_ + left_ns, unix_ms() + left_ns / kNsPerMs, is_final};
  if (drain_ && is_final && drain_->deadline_ns < drain.deadline_ns) drain = *drain_;
  drain.is_final = is_final || (drain_ && drain_->is_final);
  drain_ = drain;
  log::info("room", "draining, for " + std::to_string((drain.deadline_ns - now_ns_) / kNsPerS) +
                        " s at most: the server accepts no new rooms, participants and sessions");
  emit("server.draining", glib::JsonWriter()
                              .begin_object()
                              .key("deadline_s")
                              .integer((drain.deadline_ns - now_ns_) / kNsPerS)
                              .key("final")
                              .boolean(drain.is_final)
                              .end_object()
                              .text());
  tell_draining();
}

Status Server::stop_draining() {
  assert(is_on_control());
  if (is_stopping_) {
    return Error{ErrorCode::Conflict,
                 "The drain is over: no session is left, and the server stops."};
  }
  if (!drain_) return Ok{};
  if (drain_->is_final) {
    return Error{ErrorCode::Conflict,
                 "The server drains because it received SIGTERM; this drain cannot be cancelled."};
  }
  drain_.reset();
  log::info(
      "room",
      "the drain is cancelled: the server accepts new rooms, participants and sessions again");
  emit("server.resumed", "{}");
  tell_draining();
  return Ok{};
}

void Server::tell_draining() {
  std::optional<int64_t> deadline_unix_ms;
  if (drain_) deadline_unix_ms = drain_->deadline_unix_ms;
  // A sink may remove rooms; a removed one stays in memory until the loop runs again.
  std::vector<Room*> rooms;
  for (const auto& [id, room] : rooms_) rooms.push_back(room.get());
  for (Room* room : rooms) room->audience().tell_draining(deadline_unix_ms);
}

bool Server::has_sessions() const {
  return std::any_of(rooms_.begin(), rooms_.end(),
                     [](const auto& entry) { return !entry.second->sessions_.empty(); });
}

void Server::stop() {
  assert(is_on_control());
  is_stopping_ = true;
  timer_.cancel();
  while (!rooms_.empty()) (void)remove_room(rooms_.begin()->first, EndReason::ServerStopping);
  deliver_news();
}

void Server::tick(int64_t now_ns) {
  assert(is_on_control());
  now_ns_ = now_ns;
  admission_.tick(now_ns);
  // Clients and sinks may remove rooms; a removed one stays in memory until the loop runs again.
  std::vector<Room*> rooms;
  for (const auto& [id, room] : rooms_) rooms.push_back(room.get());
  for (Room* room : rooms) {
    room->tick(now_ns);
    if (room->is_expired(now_ns)) (void)remove_room(room->id(), EndReason::RoomClosed);
  }
  const bool is_drained = drain_ && (now_ns >= drain_->deadline_ns || !has_sessions());
  if (!is_drained || !drained_) return;
  is_stopping_ = true;
  std::exchange(drained_, nullptr)();
}

void Server::emit(Room& room, const std::string& type, const std::string& participant,
                  std::string data) {
  tell_event({room.next_seq(), unix_ms(), room.id(), room.incarnation(), type, participant,
              std::move(data)});
}

void Server::emit(const std::string& type, std::string data) {
  tell_event({++last_seq_, unix_ms(), {}, {}, type, {}, std::move(data)});
}

Status Server::emit(const std::string& room, const std::string& type,
                    const std::string& participant, std::string data) {
  if (Room* open = find_room(room)) {
    if (!participant.empty() && !open->find(participant)) {
      return not_found("There is no such participant in the room.");
    }
    emit(*open, type, participant, std::move(data));
    return Ok{};
  }
  const bool is_name = participant.empty() || check_name("The participant", participant).ok();
  auto next = is_name ? closed_.next(room, now_ns_) : std::nullopt;
  if (!next) return not_found("There is no such room, and there was none a minute ago.");
  tell_event({next->seq, unix_ms(), room, std::move(next->incarnation), type, participant,
              std::move(data)});
  return Ok{};
}

void Server::take_notices(const std::string& plugin) {
  assert(is_on_control());
  for (const auto& [id, room] : rooms_) room->announce(plugin, std::nullopt);
}

void Server::tell_event(Event event) {
  tell_later([this, event = std::move(event)] {
    for (const EventHandler& handler : event_handlers_) handler(event);
  });
}

void Server::tell_later(std::function<void()> news) {
  assert(is_on_control());
  if (news_.empty()) post(&Server::deliver_news);
  news_.push_back(std::move(news));
}

void Server::deliver_news() {
  while (!news_.empty()) {
    const std::function<void()> next = std::move(news_.front());
    news_.pop_front();
    next();
  }
}

uint32_t Server::take_source_number() {
  for (;;) {
    const uint32_t number = random_number();
    if (number != 0 && source_numbers_.insert(number).second) return number;
  }
}

void Server::retire(std::shared_ptr<void> object) {
  if (retired_.empty()) post(&Server::clear_retired);
  retired_.push_back(std::move(object));
}

void Server::clear_retired() { std::exchange(retired_, {}).clear(); }

void Server::post(void (Server::*task)()) {
  loop_.post([this, task, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) (this->*task)();
  });
}

}  // namespace veche::room
