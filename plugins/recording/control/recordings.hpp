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

#include "recording/control/gate.hpp"
#include "recording/control/hook.hpp"
#include "recording/control/library.hpp"
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
  /// Ends all and waits a few seconds for them: what takes longer is found as interrupted later.
  void stop();

  TrackTaps& taps() { return taps_; }
  Library& library() { return library_; }
  void on_event(const Event& event);
  void set_room(const std::string& room, RoomRecording settings);

  void begin(const std::string& room, const Plan& plan, const Begun& begun, const Refused& refused);
  /// Calls `ended` when its files are closed. False if no such recording is in progress there.
  bool end(const std::string& room, const std::string& id, Ended ended);
  /// Of those in progress; null: there is none.
  std::shared_ptr<const Manifest> progress(const std::string& room, const std::string& id) const;
  std::vector<std::shared_ptr<const Manifest>> in_progress() const;
  /// One in progress, or one that has ended.
  std::optional<Stored> find(const std::string& room, const std::string& id) const;

 private:
  struct Active {
    std::string room, path;
    Plan plan;
    std::unique_ptr<Recorder> recorder;
    bool automatic = false;
    int64_t empty_since_ms = 0;  ///< 0: somebody is there.
    std::vector<Ended> waiting;
  };
  struct Room {
    RoomRecording settings;
    bool paused = false;     ///< The automatic recording was ended by request or has failed.
    bool beginning = false;  ///< An automatic recording waits for its folder.
  };

  void create(const std::string& room, Plan plan, bool automatic, const Begun& begun,
              const Refused& refused);
  void record(const std::string& room, const std::string& id, Plan plan, bool automatic,
              Store::Place& place, const Begun& begun);
  void on_ended(const std::string& id, const std::shared_ptr<const Manifest>& manifest);
  void count(const Manifest& ended);
  void tick();
  void consider(const std::string& room);
  void announce(const std::string& room);
  void emit(const Manifest& manifest, const char* what);
  size_t people_in(const std::string& room) const;
  bool exists(const std::string& room) const;
  Plan bounded(Plan plan) const;
  std::vector<TapTarget> targets() const;

  const veche::Host host_;
  const Settings settings_;
  const std::shared_ptr<Gate> gate_;
  Library library_;
  TrackTaps taps_;
  std::optional<Hook> hook_;
  std::map<std::string, std::unique_ptr<Active>> active_;  ///< By id.
  std::map<std::string, Room> rooms_;
  size_t beginning_ = 0;
  bool stopping_ = false;
  int64_t retained_ms_ = 0;
  Metric active_count_, ended_count_, failed_count_, byte_count_, dropped_count_;
};

}  // namespace veche::recording
