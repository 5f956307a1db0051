// SPDX-License-Identifier: Apache-2.0
// Requests, rooms and disks begin and end recordings.
#include "recording/control/recordings.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "recording/control/views.hpp"
#include "recording/file/manifest_json.hpp"

namespace veche::recording {
namespace {

constexpr uint32_t kTickMs = 1000;
constexpr int64_t kRetentionPeriodMs = 60'000;
/// How long a server that ends waits for files to be closed.
constexpr uint32_t kStopMs = 5000;

int64_t clock_ms(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// The smaller one, where 0 is no limit.
int64_t stricter(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

Manifest describe(const std::string& room, const std::string& id, const Plan& plan) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = room;
  if (plan.tracks) manifest.modes.emplace_back("tracks");
  if (plan.mix) manifest.modes.emplace_back("mix");
  if (plan.audio) manifest.kinds.emplace_back("audio");
  if (plan.video) manifest.kinds.emplace_back("video");
  manifest.participants = plan.participants;
  manifest.started_unix_ms = clock_ms(CLOCK_REALTIME);
  return manifest;
}

}  // namespace

Recordings::Recordings(const veche::Host& host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      gate_(std::make_shared<Gate>(host)),
      library_(gate_, settings_),
      taps_(host, [this] { return targets(); }),
      active_count_(host.gauge("recordings", "Recordings in progress.")),
      ended_count_(
          host.counter("recordings_finished_total", "Recordings that ended as they should.")),
      failed_count_(host.counter("recordings_failed_total", "Recordings that a failure ended.")),
      byte_count_(host.counter("recorded_bytes_total",
                               "Bytes of the files of recordings that have ended.")),
      dropped_count_(host.counter("packets_dropped_total",
                                  "Packets that recordings that have ended did not get in time.")) {
}

void Recordings::start() {
  if (!settings_.hook.command.empty()) {
    hook_.emplace(settings_.hook, [gate = gate_](uint32_t level, const std::string& line) {
      gate->log(level, line);
    });
  }
  library_.scan([this] { library_.remove_expired(clock_ms(CLOCK_REALTIME)); });
  host_.every(kTickMs, [this] { tick(); });
}

void Recordings::stop() {
  stopping_ = true;
  for (auto& [id, active] : active_) active->recorder->stop("shutdown");
  const int64_t until_ms = clock_ms(CLOCK_MONOTONIC) + kStopMs;
  const auto left_ms = [&] {
    return static_cast<uint32_t>(std::max<int64_t>(0, until_ms - clock_ms(CLOCK_MONOTONIC)));
  };
  std::vector<std::string> ids;
  for (const auto& [id, active] : active_) ids.push_back(id);
  for (const std::string& id : ids) {
    Recorder& recorder = *active_.at(id)->recorder;
    if (recorder.wait(left_ms())) {
      on_ended(id, recorder.manifest());
    } else {
      host_.warning("recording " + id + " could not be closed in time: its disk does not answer");
    }
  }
  hook_.reset();
  gate_->close();
}

std::vector<TapTarget> Recordings::targets() const {
  std::vector<TapTarget> all;
  for (const auto& [id, active] : active_) {
    all.push_back({active->room, &active->plan, active->recorder->inbox()});
  }
  return all;
}

void Recordings::on_event(const Event& event) {
  const std::string room(event.room);
  if (event.type == "participant.joined") {
    consider(room);
  } else if (event.type == "participant.left") {
    // A new conversation is a new recording.
    const auto found = rooms_.find(room);
    if (found != rooms_.end() && people_in(room) == 0) found->second.paused = false;
  } else if (event.type == "participant.updated") {
    const bool muted = is_muted(event.data);
    for (auto& [id, active] : active_) {
      if (active->room != room) continue;
      active->recorder->inbox()->push(MuteChanged{std::string(event.participant), muted, now_ns()});
    }
  } else if (event.type == "room.closed") {
    rooms_.erase(room);
    for (auto& [id, active] : active_) {
      if (active->room == room) active->recorder->stop("room-closed");
    }
  }
}

void Recordings::set_room(const std::string& room, RoomRecording settings) {
  Room& changed = rooms_[room];
  changed.settings = std::move(settings);
  changed.paused = false;
  if (!changed.settings.automatic) {
    for (auto& [id, active] : active_) {
      if (active->room == room && active->automatic) active->recorder->stop("policy");
    }
  }
  consider(room);
}

/// Begins the automatic recording of a room, if it wants one and has none.
void Recordings::consider(const std::string& room) {
  const auto found = rooms_.find(room);
  if (stopping_ || found == rooms_.end() || found->second.paused || found->second.beginning ||
      !found->second.settings.automatic || people_in(room) == 0) {
    return;
  }
  const bool is_recorded = std::any_of(active_.begin(), active_.end(), [&](const auto& each) {
    return each.second->room == room && each.second->automatic;
  });
  if (is_recorded) return;
  found->second.beginning = true;
  const auto has_begun = [this, room] {
    if (const auto now = rooms_.find(room); now != rooms_.end()) now->second.beginning = false;
  };
  create(
      room, found->second.settings.plan, true, [has_begun](const Manifest&) { has_begun(); },
      [this, room, has_begun](const Reply& reply) {
        has_begun();
        host_.warning("room " + room + " is not recorded until somebody joins: " + reply.body);
      });
}

void Recordings::begin(const std::string& room, const Plan& plan, const Begun& begun,
                       const Refused& refused) {
  create(room, plan, false, begun, refused);
}

void Recordings::create(const std::string& room, Plan plan, bool automatic, const Begun& begun,
                        const Refused& refused) {
  if (!exists(room)) {
    return refused(Reply::failed(404, "no-such-room", "There is no room \"" + room + "\"."));
  }
  if (active_.size() + beginning_ >= settings_.max_recordings) {
    return refused(Reply::failed(503, "too-many-recordings",
                                 "max_recordings is " + std::to_string(settings_.max_recordings) +
                                     ": stop one first, or raise it."));
  }
  ++beginning_;
  const int64_t unix_ms = clock_ms(CLOCK_REALTIME);
  const std::string id = make_id(unix_ms);
  library_.create(
      room, id, unix_ms,
      [this, room, id, plan = bounded(std::move(plan)), automatic, begun,
       refused](Store::Place& place) {
        --beginning_;
        if (!exists(room)) {
          library_.forget(place.path);
          return refused(
              Reply::failed(404, "no-such-room", "The room \"" + room + "\" has closed."));
        }
        record(room, id, plan, automatic, place, begun);
      },
      [this, room, id, refused](const std::string& why) {
        --beginning_;
        Manifest failed = describe(room, id, {});
        failed.state = State::Failed;
        failed.ended_by = "failure";
        failed.detail = why;
        failed_count_.add();
        emit(failed, "failed");
        refused(Reply::failed(503, "storage-failed", why));
      });
}

void Recordings::record(const std::string& room, const std::string& id, Plan plan, bool automatic,
                        Store::Place& place, const Begun& begun) {
  auto active = std::make_unique<Active>();
  active->room = room;
  active->path = place.path;
  active->plan = std::move(plan);
  active->automatic = automatic;
  active->recorder = std::make_unique<Recorder>(
      place.folder.release(), describe(room, id, active->plan), active->plan, settings_.recorder,
      [this, gate = gate_, id](const std::shared_ptr<const Manifest>& manifest) {
        gate->post([this, id, manifest] { on_ended(id, manifest); });
      });
  const Active& added = *(active_[id] = std::move(active));
  active_count_.set(static_cast<int64_t>(active_.size()));
  host_.visit_participants(room, [&](const veche_participant_info& participant) {
    if (participant.muted == 0) return;
    added.recorder->inbox()->push(MuteChanged{participant.participant, true, now_ns()});
  });
  taps_.attach({room, &added.plan, added.recorder->inbox()});
  announce(room);
  emit(*added.recorder->manifest(), "started");
  begun(*added.recorder->manifest());
}

bool Recordings::end(const std::string& room, const std::string& id, Ended ended) {
  const auto found = active_.find(id);
  if (found == active_.end() || found->second->room != room) return false;
  Active& active = *found->second;
  // Whoever stops what began by itself does not want the next one either.
  if (const auto settings = rooms_.find(room); active.automatic && settings != rooms_.end()) {
    settings->second.paused = true;
  }
  active.waiting.push_back(std::move(ended));
  active.recorder->stop("request");
  return true;
}

void Recordings::on_ended(const std::string& id, const std::shared_ptr<const Manifest>& manifest) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  const std::unique_ptr<Active> active = std::move(found->second);
  active_.erase(found);
  active_count_.set(static_cast<int64_t>(active_.size()));
  taps_.detach({active->room, &active->plan, active->recorder->inbox()});
  library_.add({active->path, *manifest});
  count(*manifest);
  const bool failed = manifest->state == State::Failed;
  if (failed) host_.warning("recording " + id + " has failed: " + manifest->detail);
  if (const auto room = rooms_.find(active->room); failed && room != rooms_.end()) {
    room->second.paused = room->second.paused || active->automatic;
  }
  announce(active->room);
  emit(*manifest, failed ? "failed" : "finished");
  for (const Ended& ended : active->waiting) ended(*manifest);
  if (stopping_) return;
  const std::string directory = library_.directory_of(active->path);
  if (hook_) {
    hook_->run(
        {directory + "/" + kManifestName, directory, active->room, id, to_string(manifest->state)});
  }
  library_.remove_expired(clock_ms(CLOCK_REALTIME));
  consider(active->room);
}

void Recordings::count(const Manifest& ended) {
  (ended.state == State::Failed ? failed_count_ : ended_count_).add();
  for (const FileEntry& file : ended.files) byte_count_.add(static_cast<int64_t>(file.bytes));
  for (const TrackEntry& track : ended.tracks)
    dropped_count_.add(static_cast<int64_t>(track.dropped));
}

void Recordings::tick() {
  const int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
  for (auto& [id, active] : active_) {
    if (people_in(active->room) > 0) {
      active->empty_since_ms = 0;
    } else if (active->empty_since_ms == 0) {
      active->empty_since_ms = now_ms;
    } else if (now_ms - active->empty_since_ms >= settings_.idle_timeout_s * 1000) {
      active->recorder->stop("idle");
    }
  }
  if (now_ms - retained_ms_ < kRetentionPeriodMs) return;
  retained_ms_ = now_ms;
  library_.remove_expired(clock_ms(CLOCK_REALTIME));
}

std::shared_ptr<const Manifest> Recordings::progress(const std::string& room,
                                                     const std::string& id) const {
  const auto found = active_.find(id);
  if (found == active_.end() || found->second->room != room) return nullptr;
  return found->second->recorder->manifest();
}

std::vector<std::shared_ptr<const Manifest>> Recordings::in_progress() const {
  std::vector<std::shared_ptr<const Manifest>> all;
  for (const auto& [id, active] : active_) all.push_back(active->recorder->manifest());
  return all;
}

std::optional<Stored> Recordings::find(const std::string& room, const std::string& id) const {
  if (const auto found = active_.find(id); found != active_.end() && found->second->room == room) {
    return Stored{found->second->path, *found->second->recorder->manifest()};
  }
  const Stored* recording = library_.find(id);
  if (!recording || recording->manifest.room != room) return std::nullopt;
  return *recording;
}

/// What clients are told: whether they are recorded, and how.
void Recordings::announce(const std::string& room) {
  std::vector<std::shared_ptr<const Manifest>> here;
  for (const auto& [id, active] : active_) {
    if (active->room == room) here.push_back(active->recorder->manifest());
  }
  host_.announce(room, notice_json(here));
}

void Recordings::emit(const Manifest& manifest, const char* what) {
  std::string json = to_json(manifest);
  if (json.size() > kMaxEventBytes) json = summary_json(manifest);
  const std::string type = std::string("recording.") + what;
  const veche_status status = host_.emit(manifest.room, "", type, json);
  if (status != VECHE_OK && status != VECHE_E_GONE) {
    host_.warning("the event " + type +
                  " was not taken: is the plugin's name in the configuration "
                  "not \"recording\"?");
  }
}

bool Recordings::exists(const std::string& room) const {
  return host_.visit_participants(room, [](const veche_participant_info&) {}) == VECHE_OK;
}

size_t Recordings::people_in(const std::string& room) const {
  size_t count = 0;
  host_.visit_participants(room, [&](const veche_participant_info& participant) {
    count += participant.session != 0 ? 1 : 0;
  });
  return count;
}

Plan Recordings::bounded(Plan plan) const {
  plan.max_duration_s = stricter(plan.max_duration_s, settings_.max_duration_s);
  plan.max_bytes = stricter(plan.max_bytes, settings_.max_bytes);
  return plan;
}

}  // namespace veche::recording
