// SPDX-License-Identifier: Apache-2.0
// A server for unit tests of plugins, on one thread and in virtual time: what the plugin does is
// kept in members, and rooms are what the test says.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../cpp/host.hpp"
#include "mock_values.hpp"

namespace veche::testing {

/// `MockHost server(R"({"hosts": ["ann"]})"); Stage stage(server.host());`
class MockHost {
 public:
  struct Participant {
    uint64_t id = 0;
    std::string attributes = "{}", metadata = "{}", display_name;
    bool is_muted = false;
    uint64_t tag = 0;
  };
  using Room = std::map<std::string, Participant>;  ///< By name.
  /// Something that the plugin has emitted, announced, sent or answered.
  struct Act {
    std::string what;                     ///< The type of an event, or the status of an answer.
    std::string room, participant, json;  ///< As far as it has them.
    friend bool operator==(const Act&, const Act&) = default;
  };

  explicit MockHost(std::string config = "{}") : config_(std::move(config)) {}
  MockHost(const MockHost&) = delete;
  MockHost& operator=(const MockHost&) = delete;
  /// What the plugin has posted and is not run is dropped.
  ~MockHost() { stop(); }

  Host host() const { return Host(c_host()); }
  const veche_host* c_host() const { return &handle_.host; }

  /// Adds a room and a participant; its number.
  uint64_t join(const std::string& room, const std::string& participant,
                const std::string& attributes = "{}") {
    rooms[room][participant] = {++last_id_, attributes, "{}", participant, false, 0};
    return last_id_;
  }
  /// Runs what was posted, and what waits for the lanes.
  void run() {
    while (!posts_.empty()) {
      const Post post = posts_.front();
      posts_.pop_front();
      post.callback(post.data);
    }
  }
  /// Runs the timers that are due meanwhile, too.
  void advance(uint32_t ms) {
    for (const uint64_t end_ms = now_ms_ + ms; now_ms_ < end_ms; ++now_ms_) {
      run();
      for (const auto& [id, timer] : std::map(timers_)) {
        if ((now_ms_ + 1 - timer.begin_ms) % timer.interval_ms != 0 || !timers_.contains(id))
          continue;
        timer.callback(timer.data);
      }
    }
    run();
  }
  /// Like the server before the plugin's stop().
  void stop() {
    has_stopped_ = true;
    timers_.clear();
    for (const Post& post : std::exchange(posts_, {})) {
      if (post.drop != nullptr) post.drop(post.data);
    }
  }

  std::map<std::string, Room> rooms;
  bool selects = true;  ///< Is the plugin the selector, which may set tags?
  std::vector<std::string> lines, failures;
  std::vector<Act> events, notices, messages, replies;
  std::vector<Act> removed;  ///< `json` is the detail.

 private:
  struct Handle {
    veche_host host;
    MockHost* self;
  };
  struct Post {
    veche_callback callback, drop;
    void* data;
  };
  struct Timer {
    uint64_t begin_ms;
    uint32_t interval_ms;
    veche_callback callback;
    void* data;
  };

  static MockHost& of(const veche_host* host) {
    return *reinterpret_cast<const Handle*>(host)->self;
  }
  Participant* find(const char* room, const char* participant) {
    const auto in = rooms.find(room);
    if (in == rooms.end()) return nullptr;
    const auto found = in->second.find(participant);
    return found == in->second.end() ? nullptr : &found->second;
  }
  /// Calls change(participant).
  template <class Change>
  static veche_status with(const veche_host* host, const char* room, const char* participant,
                           Change&& change) {
    Participant* found = of(host).find(room, participant);
    return found != nullptr ? change(*found) : VECHE_E_GONE;
  }
  static veche_participant_info info_of(const std::string& room, const std::string& name,
                                        const Participant& participant) {
    veche_participant_info info{};
    info.struct_size = sizeof info;
    info.muted = participant.is_muted ? 1 : 0;
    info.id = participant.id;
    info.room = room.c_str();
    info.participant = name.c_str();
    info.name = participant.display_name.c_str();
    info.metadata = participant.metadata.c_str();
    info.attributes = participant.attributes.c_str();
    return info;
  }

  // The tables.
  using RoomVisitor = int32_t (*)(void* data, const veche_room_info* room);
  using Visitor = int32_t (*)(void* data, const veche_participant_info* participant);

  static veche_status post(const veche_host* host, veche_callback callback, veche_callback drop,
                           void* data) {
    if (of(host).has_stopped_) return VECHE_E_GONE;
    of(host).posts_.push_back({callback, drop, data});
    return VECHE_OK;
  }
  static veche_status after_lanes(const veche_host* host, veche_callback callback, void* data) {
    return post(host, callback, callback, data);
  }
  static uint64_t add_timer(const veche_host* host, uint32_t interval_ms, veche_callback callback,
                            void* data) {
    MockHost& self = of(host);
    if (interval_ms < 10 || self.has_stopped_) return 0;
    self.timers_[++self.last_id_] = {self.now_ms_, interval_ms, callback, data};
    return self.last_id_;
  }
  static veche_status cancel_timer(const veche_host* host, uint64_t timer) {
    return of(host).timers_.erase(timer) == 1 ? VECHE_OK : VECHE_E_GONE;
  }
  static veche_status visit_rooms(const veche_host* host, RoomVisitor visit, void* data) {
    for (const auto& [name, room] : std::map(of(host).rooms)) {
      veche_room_info info{};
      info.struct_size = sizeof info;
      info.participant_count = static_cast<uint32_t>(room.size());
      info.room = info.incarnation = name.c_str();
      if (visit(data, &info) != VECHE_VISIT_NEXT) break;
    }
    return VECHE_OK;
  }
  static veche_status visit_participants(const veche_host* host, const char* room, Visitor visit,
                                         void* data) {
    const auto found = of(host).rooms.find(room);
    if (found == of(host).rooms.end()) return VECHE_E_GONE;
    const std::string room_name = room;
    for (const auto& [name, participant] : Room(found->second)) {
      const veche_participant_info info = info_of(room_name, name, participant);
      if (visit(data, &info) != VECHE_VISIT_NEXT) break;
    }
    return VECHE_OK;
  }
  static veche_status visit_participant(const veche_host* host, uint64_t id, Visitor visit,
                                        void* data) {
    for (const auto& [room, participants] : of(host).rooms) {
      for (const auto& [name, participant] : participants) {
        if (participant.id != id) continue;
        const veche_participant_info info = info_of(room, name, participant);
        visit(data, &info);
        return VECHE_OK;
      }
    }
    return VECHE_E_GONE;
  }
  static const void* get_extension(const veche_host* host, const char* id);

  MockValues config_;
  const Handle handle_{{sizeof(veche_host), VECHE_ABI_MINOR, get_extension}, this};
  uint64_t last_id_ = 0, now_ms_ = 0;
  bool has_stopped_ = false;
  std::deque<Post> posts_;
  std::map<uint64_t, Timer> timers_;
};

inline const void* MockHost::get_extension(const veche_host*, const char* id) {
  static constexpr veche_log kLog = {
      sizeof(veche_log),
      [](const veche_host* host, uint32_t, const char* line) { of(host).lines.emplace_back(line); },
      [](const veche_host* host, const char* what, const char* why) {
        of(host).failures.push_back(std::string(what) + ": " + why);
      }};
  static constexpr veche_config kConfig = {
      sizeof(veche_config),
      [](const veche_host* host, const char* pointer, int64_t* value) {
        const veche_values* values = of(host).config_.c_values();
        return values->get_integer(values, pointer, value);
      },
      [](const veche_host* host, const char* pointer, double* value) {
        const veche_values* values = of(host).config_.c_values();
        return values->get_number(values, pointer, value);
      },
      [](const veche_host* host, const char* pointer, int32_t* value) {
        const veche_values* values = of(host).config_.c_values();
        return values->get_boolean(values, pointer, value);
      },
      [](const veche_host* host, const char* pointer, const char** value) {
        const veche_values* values = of(host).config_.c_values();
        return values->get_string(values, pointer, value);
      },
      [](const veche_host* host) { return of(host).config_.json().c_str(); }};
  static constexpr veche_loop kLoop = {sizeof(veche_loop), post, add_timer, cancel_timer,
                                       after_lanes};
  static constexpr veche_rooms kRooms = {
      .struct_size = sizeof(veche_rooms),
      .reserved = 0,
      .visit_rooms = visit_rooms,
      .visit_participants = visit_participants,
      .set_muted =
          [](const veche_host* host, const char* room, const char* participant, int32_t muted) {
            return with(host, room, participant, [&](Participant& found) {
              found.is_muted = muted != 0;
              return VECHE_OK;
            });
          },
      .set_tag =
          [](const veche_host* host, const char* room, const char* participant, uint64_t tag) {
            return with(host, room, participant, [&](Participant& found) {
              if (!of(host).selects) return VECHE_E_UNSUPPORTED;
              found.tag = tag;
              return VECHE_OK;
            });
          },
      .emit =
          [](const veche_host* host, const char* room, const char* participant, const char* type,
             const char* data) {
            if (!of(host).rooms.contains(room)) return VECHE_E_GONE;
            of(host).events.push_back({type, room, participant, data});
            return VECHE_OK;
          },
      .announce =
          [](const veche_host* host, const char* room, const char* json) {
            if (!of(host).rooms.contains(room)) return VECHE_E_GONE;
            of(host).notices.push_back({"", room, "", json != nullptr ? json : ""});
            return VECHE_OK;
          },
      .send =
          [](const veche_host* host, const char* room, const char* participant, const char* json) {
            return with(host, room, participant, [&](Participant&) {
              of(host).messages.push_back({"", room, participant, json});
              return VECHE_OK;
            });
          },
      .remove =
          [](const veche_host* host, const char* room, const char* participant,
             const char* detail) {
            return with(host, room, participant, [&](Participant&) {
              of(host).removed.push_back({"", room, participant, detail != nullptr ? detail : ""});
              of(host).rooms[room].erase(participant);
              return VECHE_OK;
            });
          },
      .set_attributes =
          [](const veche_host* host, const char* room, const char* participant, const char* json) {
            return with(host, room, participant, [&](Participant& found) {
              found.attributes = json;
              return VECHE_OK;
            });
          },
      .set_pinned =
          [](const veche_host* host, const char* room, const char* participant, const char*,
             int32_t) {
            return with(host, room, participant, [](Participant&) { return VECHE_OK; });
          },
      .id_of =
          [](const veche_host* host, const char* room, const char* participant) {
            const Participant* found = of(host).find(room, participant);
            return found != nullptr ? found->id : 0;
          },
      .visit_participant = visit_participant};
  static constexpr veche_http kHttp = {
      sizeof(veche_http), 0,
      [](const veche_host* host, uint64_t, uint32_t status, const char*, const char* body,
         uint64_t size) {
        of(host).replies.push_back({std::to_string(status), "", "", std::string(body, size)});
        return VECHE_OK;
      },
      [](const veche_host* host, uint64_t, uint32_t status, const char*, const char* detail) {
        of(host).replies.push_back({std::to_string(status), "", "", detail});
        return VECHE_OK;
      },
      nullptr};
  const std::string_view asked = id;
  if (asked == VECHE_HOST_LOG) return &kLog;
  if (asked == VECHE_HOST_CONFIG) return &kConfig;
  if (asked == VECHE_HOST_LOOP) return &kLoop;
  if (asked == VECHE_HOST_ROOMS) return &kRooms;
  return asked == VECHE_HOST_HTTP ? &kHttp : nullptr;
}

}  // namespace veche::testing
