// SPDX-License-Identifier: Apache-2.0
// All rooms of this process: admission, events, and what they need from the media layer. All of it
// on control.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/metric.hpp"
#include "base/result.hpp"
#include "glib/control_loop.hpp"
#include "media/engine.hpp"
#include "room/admission.hpp"
#include "room/capacity.hpp"
#include "room/closed_rooms.hpp"
#include "room/controlled_room.hpp"
#include "room/controllers.hpp"
#include "room/places.hpp"
#include "room/plugin_hooks.hpp"
#include "room/random.hpp"
#include "room/revocations.hpp"
#include "room/room.hpp"
#include "room/room_settings.hpp"
#include "room/trace.hpp"
#include "room/types.hpp"

namespace veche::room {

/// Something that happened. `data` is a JSON object; `seq` has no gaps within an incarnation of a
/// room. Events of the server itself have the room and the incarnation "".
struct Event {
  uint64_t seq = 0;
  int64_t time_unix_ms = 0;
  std::string room;
  std::string incarnation;
  std::string type;
  std::string participant;
  std::string data = "{}";
};

class Server {
 public:
  static constexpr uint32_t kTickMs = 100;

  /// The loop and the engine outlive the server. Tests call tick() themselves and pass 0 for
  /// `tick_ms`.
  Server(glib::ControlLoop& loop, media::Engine& engine, Limits limits, uint32_t tick_ms = kTickMs);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Limits& limits() const { return limits_; }
  /// Limits for new rooms, participants and sessions; existing ones stay.
  void use_limits(const Limits& limits) { limits_ = limits; }
  /// Tells this run of the process from earlier ones and from other servers.
  const std::string& instance() const { return instance_; }
  glib::ControlLoop& loop() { return loop_; }
  media::Engine& engine() { return engine_; }
  const media::Engine& engine() const { return engine_; }

  /// Conflict if the name is taken, Exhausted when there are too many, InvalidArgument for a bad
  /// name or policy.
  Result<Room*> create_room(const std::string& id, RoomPolicy policy);
  Room* find_room(const std::string& id);
  /// The room, created now if `rooms.auto_create` is on or the caller `may_create` rooms.
  Result<Room*> find_or_create_room(const std::string& id, bool may_create = false);
  Status remove_room(const std::string& id, EndReason reason = EndReason::RoomClosed);
  /// By name.
  const std::map<std::string, std::unique_ptr<Room>>& rooms() const { return rooms_; }

  /// The rooms in which there is a participant of that name; valid until one joins or leaves.
  const Places::Rooms& rooms_of(const std::string& participant) const {
    return places_.of(participant);
  }

  /// The participant of that number and its room; null: there is none. Valid until one leaves.
  std::pair<Room*, Participant*> find_participant(ParticipantId number) const;

  /// What older join tokens no longer give. Changes of permissions are noted here; the API notes
  /// removals and deleted rooms.
  Revocations& revocations() { return revocations_; }

  /// The trace of a participant that is in the room, or left it less than a minute ago. Null: there
  /// is none; valid until the next call of anything here.
  const Trace* find_trace(const std::string& room, const std::string& participant);
  /// The trace of the last participant of that name that has left, whether there is one again or
  /// not; the same otherwise.
  const Trace* find_former_trace(const std::string& room, const std::string& participant);

  /// How many participants have left for each reason since the start, and how many sessions were
  /// replaced.
  const std::map<EndReason, uint64_t>& ended() const { return ended_; }

  Controllers& controllers() { return controllers_; }

  /// The engine has another selector: it gets the settings that rooms have for it.
  void on_selector_changed();

  /// The plugin checks its part of policies from now on, and learns that of all rooms, in order
  /// with the events, until it is removed.
  void add_room_settings(RoomSettings& plugin);
  void remove_room_settings(RoomSettings& plugin) { parts_.remove(plugin); }

  PluginHooks& plugin_hooks() { return plugin_hooks_; }

  /// Rooms, participants, speakers, and the reasons for leaving.
  void put_metrics(MetricSink& sink) const;

  using EventHandler = std::function<void(const Event&)>;
  /// Receives every event, in order, on control, never from within a call of this layer. For the
  /// plugin host and the log; set once at start.
  void add_event_handler(EventHandler handler);

  /// Emits a plugin's event in a room that is open or closed less than a minute ago. The
  /// participant may be ""; one of a closed room is not looked up. NotFound if there is no such
  /// room or participant.
  Status emit(const std::string& room, const std::string& type, const std::string& participant,
              std::string data);
  /// Emits an event of the server itself, whose room is "".
  void emit(const std::string& type, std::string data = "{}");
  /// Withdraws the plugin's notices to clients, in all rooms.
  void take_notices(const std::string& plugin);
  /// From now on the server accepts no new rooms, participants and sessions; calls go on, and their
  /// participants may replace their sessions. Notifies clients and observers. A second call sets
  /// another deadline. A final drain stays final, and keeps an earlier deadline.
  void drain(uint32_t deadline_s, bool is_final);
  /// Cancels the drain, if there is one. Conflict if it is final, or over.
  Status stop_draining();
  const std::optional<Drain>& draining() const { return drain_; }
  /// Unavailable while it drains or stops. `what`: for the message, in the plural.
  Status takes_new(const char* what) const;

  /// The function that reads how much the system grants this process. Without it only the
  /// configuration and the lanes set bounds.
  void use_system(Admission::ReadSystem read) { admission_.use_system(std::move(read)); }
  /// See Admission.
  void use_spare_descriptors(std::function<int64_t()> count) {
    admission_.use_spare_descriptors(std::move(count));
  }
  /// For sessions on that path; nothing: the server's default.
  CapacityReport capacity(std::optional<media::PathKind> path = {}) const;
  /// Unavailable while it drains, OverCapacity while it has no room for a new participant. Not for
  /// participants that are in a call: they may always rejoin.
  Status takes_participants(std::optional<media::PathKind> path = {});
  /// How many descriptors, out of `limit`, the API must leave free for sessions in the making and
  /// for clients that reconnect.
  int64_t descriptors_to_leave(int64_t limit) const;

  /// tick() calls it once, on control: when a drain has no session left or reaches its deadline.
  void set_drained_handler(std::function<void()> handler) { drained_ = std::move(handler); }

  /// Ends all sessions and rooms, and accepts no new ones. Every event has been handed to the
  /// handlers when it returns.
  void stop();

  /// Moves time on: rooms notify their clients of changes, and what has expired ends.
  void tick(int64_t now_ns);
  /// On the monotonic clock, as of the last tick.
  int64_t now_ns() const { return now_ns_; }

 private:
  friend class Room;
  friend class Participant;
  void emit(Room& room, const std::string& type, const std::string& participant,
            std::string data = "{}");
  void tell_event(Event event);
  /// In order, on control, never from within a call of this layer.
  void tell_later(std::function<void()> news);
  void deliver_news();
  void tell_part(RoomSettings& plugin, const Room& room);
  void keep_trace(const std::string& room, const std::string& participant, Trace trace) {
    former_traces_.keep(room, participant, std::move(trace), now_ns_);
  }
  bool has_sessions() const;
  void tell_draining();
  void promise_session(std::optional<media::PathKind> path) {
    admission_.promise(path.value_or(engine_.default_path()));
  }
  void count_end(EndReason reason) { ended_[reason] += 1; }
  uint32_t take_source_number();
  void release_source_number(uint32_t number) { source_numbers_.erase(number); }
  /// Destroys it when the loop runs next: a caller further up the stack may still be in one of its
  /// functions.
  void retire(std::shared_ptr<void> object);
  /// Posts a member function, which is not called once the server is gone.
  void post(void (Server::*task)());
  void clear_retired();

  glib::ControlLoop& loop_;
  media::Engine& engine_;
  Limits limits_;
  const std::string instance_ = random_token();
  std::map<EndReason, uint64_t> ended_;
  mutable Admission admission_;          ///< Mutable: it keeps what it has read.
  std::optional<int64_t> told_full_ns_;  ///< When the log last said that it is full.
  bool is_stopping_ = false;
  std::optional<Drain> drain_;
  std::function<void()> drained_;  ///< Null once it has been called.
  uint64_t last_seq_ = 0;          ///< Of the server's own events.
  Controllers controllers_;
  ControlledRoom controlled_room_;  ///< Of the room that they are asked about.
  int64_t now_ns_;                  ///< Of the last tick: precise enough for everything timed here.
  std::vector<EventHandler> event_handlers_;
  std::deque<std::function<void()>> news_;  ///< Not delivered yet.
  PluginParts parts_;
  PluginHooks plugin_hooks_;
  ClosedRooms closed_;
  Revocations revocations_;
  FormerTraces former_traces_;
  std::unordered_set<uint32_t> source_numbers_;  ///< In use.
  Places places_;
  std::unordered_map<ParticipantId, std::pair<Room*, Participant*>> by_number_;
  std::map<std::string, std::unique_ptr<Room>> rooms_;
  std::vector<std::shared_ptr<void>>
      retired_;                  ///< Of any type; rooms and participants have no other owner.
  std::shared_ptr<bool> alive_;  ///< Posted tasks hold it weakly.
  glib::Timer timer_;
};

}  // namespace veche::room
