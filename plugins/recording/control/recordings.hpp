// SPDX-License-Identifier: Apache-2.0
// The recordings in progress: how they begin, for whom, and how they end.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <veche/cpp/extensions.hpp>
#include <veche/cpp/host.hpp>
#include <vector>

#include "recording/control/automatic_rooms.hpp"
#include "recording/control/gate.hpp"
#include "recording/control/hook.hpp"
#include "recording/control/library.hpp"
#include "recording/control/reports.hpp"
#include "recording/control/track_taps.hpp"
#include "recording/recorder/recorder.hpp"
#include "recording/settings.hpp"

namespace veche::recording {

/// [control]
class Recordings {
 public:
  using Begun = std::function<void(const Manifest&)>;
  using Ended = std::function<void(const Manifest&)>;
  using Refused = std::function<void(const Reply&)>;

  /// Throws Failure if the directory cannot be used.
  Recordings(const veche::Host& host, Settings settings);

  void start();
  /// Ends all recordings and waits a few seconds for them; the next start finds those that take
  /// longer as interrupted.
  void stop();

  TrackTaps& taps() { return taps_; }
  Library& library() { return library_; }
  void on_event(const Event& event);
  void set_room(const std::string& room, RoomRecording settings);

  void begin(const std::string& room, const Plan& plan, const Begun& begun, const Refused& refused);
  /// Calls `ended` when its files are closed. False if no such recording is in progress in the
  /// room.
  bool end(const std::string& room, const std::string& id, Ended ended);
  /// The manifest of a recording in progress; null: there is none.
  std::shared_ptr<const Manifest> progress(const std::string& room, const std::string& id) const;
  std::vector<std::shared_ptr<const Manifest>> in_progress() const;
  /// A recording in progress, or one that has ended.
  std::optional<Index::Entry> find(const std::string& room, const std::string& id) const;
  /// Of the room of this name that exists now; nothing: there is none.
  std::optional<std::string> incarnation_of(const std::string& room) const;

 private:
  struct Active {
    std::string room, path;
    Plan plan;
    std::unique_ptr<Recorder> recorder;
    bool automatic = false;
    bool is_ending = false;
    int64_t empty_since_ms = 0;  ///< 0: the room is not empty.
    std::vector<Ended> waiting;
  };
  /// A recording that waits for its folder.
  struct Wanted {
    std::string room, incarnation, id;
    Plan plan;
    bool automatic = false;
  };
  void create(Wanted wanted, const Begun& begun, const Refused& refused);
  void record(const Wanted& wanted, Store::Place& place, const Begun& begun);
  void stop_recording(Active& active, const std::string& ended_by);
  void retry_or_pause(const Active& active, const Manifest& manifest);
  void remove_expired();
  void on_ended(const std::string& id, const std::shared_ptr<const Manifest>& manifest);
  void tick();
  void consider(const std::string& room);
  void announce(const std::string& room);
  size_t people_in(const std::string& room) const;
  std::vector<TapTarget> targets() const;

  const veche::Host host_;
  const Settings settings_;
  const std::shared_ptr<Gate> gate_;
  Library library_;
  TrackTaps taps_;
  Reports reports_;
  std::optional<Hook> hook_;
  std::map<std::string, std::unique_ptr<Active>> active_;  ///< By id.
  AutomaticRooms automatic_;
  size_t beginning_ = 0;
  bool stopping_ = false;
  int64_t retained_ms_ = 0;
};

}  // namespace veche::recording
