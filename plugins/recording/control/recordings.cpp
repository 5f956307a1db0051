// SPDX-License-Identifier: Apache-2.0
// Begins and ends recordings on behalf of requests, rooms' policies and limits.
#include "recording/control/recordings.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "recording/clock.hpp"
#include "recording/control/views.hpp"
#include "recording/file/manifest_json.hpp"

namespace veche::recording {
namespace {

constexpr uint32_t kTickMs = 1000;
constexpr int64_t kRetentionPeriodMs = 60'000;
/// How long a stopping server waits for files to be closed.
constexpr uint32_t kStopMs = 5000;

Manifest describe(const std::string& room, const std::string& id, const Plan& plan) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = room;
  if (plan.tracks) manifest.modes.emplace_back("tracks");
  if (plan.mix) manifest.modes.emplace_back("mix");
  if (plan.audio) manifest.kinds.emplace_back("audio");
  if (plan.video) manifest.kinds.emplace_back("video");
  manifest.participants = plan.participants;
  manifest.started_unix_ms = unix_ms();
  return manifest;
}

}  // namespace

Recordings::Recordings(const veche::Host& host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      gate_(std::make_shared<Gate>(host)),
      library_(gate_, settings_),
      taps_(host, [this] { return targets(); }),
      reports_(host) {}

void Recordings::start() {
  if (!settings_.hook.command.empty()) {
    hook_.emplace(settings_.hook, [gate = gate_](uint32_t level, const std::string& line) {
      gate->log(level, line);
    });
  }
  library_.scan([this] { library_.remove_expired(unix_ms()); });
  host_.every(kTickMs, [this] { tick(); });
}

void Recordings::stop() {
  stopping_ = true;
  for (auto& [id, active] : active_) active->recorder->stop("shutdown");
  const int64_t until_ms = monotonic_ms() + kStopMs;
  const auto left_ms = [&] {
    return static_cast<uint32_t>(std::max<int64_t>(0, until_ms - monotonic_ms()));
  };
  std::vector<std::string> ids;
  for (const auto& [id, active] : active_) ids.push_back(id);
  for (const std::string& id : ids) {
    Recorder& recorder = *active_.at(id)->recorder;
    if (recorder.wait(left_ms())) {
      on_ended(id, recorder.manifest());
    } else {
      host_.warning("recording " + id + " could not be closed in time: its disk stalls");
    }
  }
  hook_.reset();
  gate_->close();
}

std::vector<TapTarget> Recordings::targets() const {
  std::vector<TapTarget> all;
  for (const auto& [id, active] : active_) {
    all.push_back({active->room, &active->plan, active->recorder->queue()});
  }
  return all;
}

void Recordings::on_event(const Event& event) {
  const std::string room(event.room);
  if (event.type == "participant.joined") {
    consider(room);
  } else if (event.type == "participant.left") {
    // A new conversation is a new recording.
    if (people_in(room) == 0) automatic_.resume(room);
  } else if (event.type == "participant.updated") {
    const bool muted = is_muted(event.data);
    for (auto& [id, active] : active_) {
      if (active->room != room) continue;
      active->recorder->queue()->push(
          MuteChanged{std::string(event.participant), muted, monotonic_ns()});
    }
  } else if (event.type == "room.closed") {
    automatic_.erase(room);
    for (auto& [id, active] : active_) {
      if (active->room == room) active->recorder->stop("room-closed");
    }
  }
}

void Recordings::set_room(const std::string& room, RoomRecording settings) {
  const bool is_automatic = settings.automatic;
  automatic_.set(room, std::move(settings));
  if (!is_automatic) {
    for (auto& [id, active] : active_) {
      if (active->room == room && active->automatic) active->recorder->stop("policy");
    }
  }
  consider(room);
}

/// Begins the automatic recording of a room, if it wants one and has none.
void Recordings::consider(const std::string& room) {
  const Plan* plan = automatic_.wanted(room);
  if (stopping_ || !plan || people_in(room) == 0) return;
  const bool is_recorded = std::any_of(active_.begin(), active_.end(), [&](const auto& each) {
    return each.second->room == room && each.second->automatic;
  });
  if (is_recorded) return;
  automatic_.set_beginning(room, true);
  const auto has_begun = [this, room] { automatic_.set_beginning(room, false); };
  create(
      room, *plan, true, [has_begun](const Manifest&) { has_begun(); },
      [this, room, has_begun](const Reply& reply) {
        has_begun();
        host_.warning("room " + room + " is not recorded until a participant joins: " + reply.body);
      });
}

void Recordings::begin(const std::string& room, const Plan& plan, const Begun& begun,
                       const Refused& refused) {
  create(room, plan, false, begun, refused);
}

void Recordings::create(const std::string& room, const Plan& plan, bool automatic,
                        const Begun& begun, const Refused& refused) {
  if (!exists(room)) {
    return refused(Reply::failed(404, "no-such-room", "There is no room \"" + room + "\"."));
  }
  if (active_.size() + beginning_ >= settings_.max_recordings) {
    return refused(Reply::failed(503, "too-many-recordings",
                                 "max_recordings is " + std::to_string(settings_.max_recordings) +
                                     ": stop one first, or raise it."));
  }
  ++beginning_;
  const int64_t now_ms = unix_ms();
  const std::string id = make_id(now_ms);
  library_.create(
      room, id, now_ms,
      [this, room, id, plan = plan.within(settings_.max_duration_s, settings_.max_bytes), automatic,
       begun, refused](Store::Place& place) {
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
        reports_.on_not_started(failed);
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
  reports_.set_active(active_.size());
  host_.visit_participants(room, [&](const veche_participant_info& participant) {
    if (participant.muted == 0) return;
    added.recorder->queue()->push(MuteChanged{participant.participant, true, monotonic_ns()});
  });
  taps_.attach({room, &added.plan, added.recorder->queue()});
  announce(room);
  reports_.on_started(*added.recorder->manifest());
  begun(*added.recorder->manifest());
}

bool Recordings::end(const std::string& room, const std::string& id, Ended ended) {
  const auto found = active_.find(id);
  if (found == active_.end() || found->second->room != room) return false;
  Active& active = *found->second;
  // A client that stops an automatic recording does not want the next one either.
  if (active.automatic) automatic_.pause(room);
  active.waiting.push_back(std::move(ended));
  active.recorder->stop("request");
  return true;
}

void Recordings::on_ended(const std::string& id, const std::shared_ptr<const Manifest>& manifest) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  const std::unique_ptr<Active> active = std::move(found->second);
  active_.erase(found);
  reports_.set_active(active_.size());
  taps_.detach({active->room, &active->plan, active->recorder->queue()});
  library_.add({active->path, *manifest});
  const bool failed = manifest->state == State::Failed;
  if (failed) host_.warning("recording " + id + " has failed: " + manifest->detail);
  if (failed && active->automatic) automatic_.pause(active->room);
  announce(active->room);
  reports_.on_ended(*manifest);
  for (const Ended& ended : active->waiting) ended(*manifest);
  if (stopping_) return;
  const std::string directory = library_.directory_of(active->path);
  if (hook_) {
    hook_->run(
        {directory + "/" + kManifestName, directory, active->room, id, to_string(manifest->state)});
  }
  library_.remove_expired(unix_ms());
  consider(active->room);
}

void Recordings::tick() {
  const int64_t now_ms = monotonic_ms();
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
  library_.remove_expired(unix_ms());
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

void Recordings::announce(const std::string& room) {
  std::vector<std::shared_ptr<const Manifest>> here;
  for (const auto& [id, active] : active_) {
    if (active->room == room) here.push_back(active->recorder->manifest());
  }
  reports_.announce(room, here);
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

}  // namespace veche::recording
