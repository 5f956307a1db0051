// SPDX-License-Identifier: Apache-2.0
// Begins and ends recordings on behalf of requests, rooms' policies and limits.
#include "recording/control/recordings.hpp"

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

/// A clock that jumps is not forgotten when the plugin is started anew.
TrustedTime& trusted_time() {
  static TrustedTime time;
  return time;
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
  library_.scan([this] { remove_expired(); });
  host_.every(kTickMs, [this] { tick(); });
}

void Recordings::stop() {
  stopping_ = true;
  for (auto& [id, active] : active_) stop_recording(*active, "shutdown");
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

void Recordings::stop_recording(Active& active, const std::string& ended_by) {
  active.is_ending = true;
  active.recorder->stop(ended_by);
}

std::vector<TapTarget> Recordings::targets() const {
  std::vector<TapTarget> all;
  for (const auto& [id, active] : active_) {
    if (active->is_ending) continue;
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
      if (active->room == room) stop_recording(*active, ending_of(event.data));
    }
  }
}

void Recordings::set_room(const std::string& room, RoomRecording settings) {
  const bool is_automatic = settings.automatic;
  automatic_.set(room, std::move(settings));
  if (!is_automatic) {
    for (auto& [id, active] : active_) {
      if (active->room == room && active->automatic) stop_recording(*active, "policy");
    }
  }
  consider(room);
}

bool Recordings::end(const std::string& room, const std::string& id, Ended ended) {
  const auto found = active_.find(id);
  if (found == active_.end() || found->second->room != room) return false;
  Active& active = *found->second;
  // A client that stops an automatic recording does not want the next one either.
  if (active.automatic) automatic_.pause(room);
  active.waiting.push_back(std::move(ended));
  stop_recording(active, "request");
  return true;
}

void Recordings::on_ended(const std::string& id, const std::shared_ptr<const Manifest>& manifest) {
  const auto found = active_.find(id);
  if (found == active_.end()) return;
  const std::unique_ptr<Active> active = std::move(found->second);
  active_.erase(found);
  reports_.set_active(active_.size());
  taps_.detach({active->room, &active->plan, active->recorder->queue()});
  library_.add(active->path, *manifest);
  const bool failed = manifest->state == State::Failed;
  if (failed) host_.warning("recording " + id + " has failed: " + manifest->detail);
  if (failed && active->automatic) retry_or_pause(*active, *manifest);
  announce(active->room);
  reports_.on_ended(*manifest);
  for (const Ended& ended : active->waiting) ended(*manifest);
  if (stopping_) return;
  library_.add_checksums(id, [this, id, room = active->room, path = active->path,
                              state = manifest->state](const Manifest* hashed) {
    if (hashed) reports_.on_hashed(*hashed);
    const bool is_deleted = library_.index().find(id) == nullptr;
    if (!hook_ || is_deleted) return;
    const std::string directory = library_.directory_of(path);
    hook_->run({directory + "/" + kManifestName, directory, room, id, to_string(state)});
  });
  remove_expired();
  consider(active->room);
}

/// A disk that is full has room again some time; what fails for another reason would fail again.
void Recordings::retry_or_pause(const Active& active, const Manifest& manifest) {
  if (manifest.ended_by == "disk-full" || manifest.ended_by == "too-many-files") {
    automatic_.refuse(active.room, monotonic_ms());
  } else {
    automatic_.pause(active.room);
  }
}

void Recordings::remove_expired() {
  TrustedTime& time = trusted_time();
  const Now now{time.unix_ms(boot_ms(), unix_ms()), boot_ms()};
  if (const auto jump_ms = time.take_jump_ms(); jump_ms && settings_.retention.max_age_s > 0) {
    host_.warning("the system's clock has jumped by " + std::to_string(*jump_ms / 1000) +
                  " s: for a day, recordings are deleted by the time before or after, whichever "
                  "is earlier");
  }
  uint64_t in_progress_bytes = 0;
  for (const auto& [id, active] : active_)
    in_progress_bytes += bytes_of(*active->recorder->manifest());
  library_.remove_expired(now, in_progress_bytes);
}

void Recordings::tick() {
  const int64_t now_ms = monotonic_ms();
  for (auto& [id, active] : active_) {
    if (people_in(active->room) > 0) {
      active->empty_since_ms = 0;
    } else if (active->empty_since_ms == 0) {
      active->empty_since_ms = now_ms;
    } else if (now_ms - active->empty_since_ms >= settings_.idle_timeout_s * 1000) {
      stop_recording(*active, "idle");
    }
  }
  for (const std::string& room : automatic_.take_due(now_ms)) consider(room);
  if (now_ms - retained_ms_ < kRetentionPeriodMs) return;
  retained_ms_ = now_ms;
  library_.look_again();
  remove_expired();
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

std::optional<Index::Entry> Recordings::find(const std::string& room, const std::string& id) const {
  if (const auto found = active_.find(id); found != active_.end() && found->second->room == room) {
    Index::Entry entry;
    entry.path = found->second->path;
    entry.manifest = *found->second->recorder->manifest();
    return entry;
  }
  const Index::Entry* recording = library_.index().find(id);
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

std::optional<std::string> Recordings::incarnation_of(const std::string& room) const {
  std::optional<std::string> incarnation;
  host_.visit_rooms([&](const veche_room_info& each) {
    if (each.room == room) incarnation = each.incarnation;
  });
  return incarnation;
}

size_t Recordings::people_in(const std::string& room) const {
  size_t count = 0;
  host_.visit_participants(room, [&](const veche_participant_info& participant) {
    count += participant.session != 0 ? 1 : 0;
  });
  return count;
}

}  // namespace veche::recording
