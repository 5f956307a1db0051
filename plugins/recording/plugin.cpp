// SPDX-License-Identifier: Apache-2.0
// The glue: routes, taps, events and rooms' settings go to the recordings.
#include <gst/gst.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <veche/plugin.hpp>

#include "recording/control/query.hpp"
#include "recording/control/recordings.hpp"
#include "recording/control/views.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/schemas.hpp"
#include "recording/settings.hpp"

namespace {

using veche::Reply;
using veche::Request;
using veche::recording::Library;
using veche::recording::Manifest;
using veche::recording::Recordings;
using veche::recording::Stored;

class Recording {
 public:
  static constexpr veche::Info kInfo{
      .id = "veche.recording",
      .version = "0.1.0",
      .license = "Apache-2.0",
      .summary = "Records rooms into WebM files that play after any crash.",
      .schema = veche::recording::kConfigSchema,
      .needs = {VECHE_HOST_CONFIG, VECHE_HOST_LOOP, VECHE_HOST_ROOMS, VECHE_HOST_TAPS}};
  static constexpr const char* kRoomSettingsSchema = veche::recording::kRoomSchema;

  explicit Recording(const veche::Host& host)
      : host_(host), recordings_(host, veche::recording::parse_settings(host.config_json())) {}

  void start() {
    gst_init(nullptr, nullptr);
    recordings_.start();
  }
  void stop() { recordings_.stop(); }

  _GstElement* open_tap(const veche_track& track) { return recordings_.taps().open(track); }
  void tap_closed(uint64_t track, veche_status status, std::string_view reason, uint64_t dropped) {
    if (status == VECHE_E_INTERNAL)
      host_.warning("a track is not recorded any more: " + std::string(reason));
    recordings_.taps().on_closed(track, dropped);
  }
  void on_event(const veche::Event& event) { recordings_.on_event(event); }
  void room_settings(std::string_view room, std::string_view json) {
    recordings_.set_room(std::string(room), veche::recording::parse_room(json));
  }

  Reply begin(const Request& request) {
    const auto answer = answer_to(request);
    recordings_.begin(
        request.params[0], veche::recording::parse_plan(request.body),
        [answer](const Manifest& manifest) { answer(Reply::json(to_json(manifest), 201)); },
        answer);
    return Reply::later();
  }

  Reply list_room(const Request& request) { return list(request.params[0], request.query); }
  Reply list_all(const Request& request) { return list("", request.query); }

  Reply read(const Request& request) {
    const std::string room = request.params[0], id = request.params[1];
    if (const auto progress = recordings_.progress(room, id))
      return Reply::json(to_json(*progress));
    const auto answer = answer_to(request);
    recordings_.library().read(
        ended(room, id), [answer](std::string json) { answer(Reply::json(std::move(json))); },
        failed(answer));
    return Reply::later();
  }

  Reply end(const Request& request) {
    const std::string room = request.params[0], id = request.params[1];
    const auto answer = answer_to(request);
    const bool is_running = recordings_.end(
        room, id, [answer](const Manifest& manifest) { answer(Reply::json(to_json(manifest))); });
    if (is_running) return Reply::later();
    return Reply::json(summary_json(ended(room, id).manifest));
  }

  Reply remove(const Request& request) {
    const std::string room = request.params[0], id = request.params[1];
    if (recordings_.progress(room, id)) {
      return Reply::failed(409, "recording-in-progress",
                           "The recording is in progress: stop it first.");
    }
    static_cast<void>(ended(room, id));
    const auto answer = answer_to(request);
    recordings_.library().remove(
        id, [answer] { answer(Reply{}); }, failed(answer));
    return Reply::later();
  }

  Reply download(const Request& request) {
    const std::string room = request.params[0], id = request.params[1], file = request.params[2];
    const auto recording = recordings_.find(room, id);
    if (!recording) throw no_such(room, id);
    const auto type = veche::recording::content_type_of(recording->manifest, file);
    if (!type) throw veche::Failure(VECHE_E_GONE, "the recording has no file \"" + file + "\"");
    const auto answer = answer_to(request);
    recordings_.library().open_file(
        *recording, file,
        [answer, type = *type, file](int fd) { answer(Reply::file(fd, type, file)); },
        failed(answer));
    return Reply::later();
  }

#define RECORDINGS "/rooms/{room}/recordings"
#define ONE RECORDINGS "/{recording}"
  static constexpr veche::Route<Recording> kRoutes[] = {
      {"POST", RECORDINGS, VECHE_ACCESS_ROOMS, "Begins a recording of the room.", &Recording::begin,
       veche::recording::kRequestSchema},
      {"GET", RECORDINGS, VECHE_ACCESS_READ, "The room's recordings, the newest first.",
       &Recording::list_room},
      {"GET", "/recordings", VECHE_ACCESS_READ, "All recordings, the newest first.",
       &Recording::list_all},
      {"GET", ONE, VECHE_ACCESS_READ, "One recording: its manifest, with the progress so far.",
       &Recording::read},
      {"POST", ONE "/stop", VECHE_ACCESS_ROOMS, "Ends a recording.", &Recording::end},
      {"GET", ONE "/files/{file}", VECHE_ACCESS_ROOMS, "A file of it, or a range of that.",
       &Recording::download},
      {"DELETE", ONE, VECHE_ACCESS_ROOMS, "Deletes a recording that has ended.",
       &Recording::remove}};
#undef ONE
#undef RECORDINGS

 private:
  using Answer = std::function<void(const Reply&)>;

  Answer answer_to(const Request& request) const {
    return [host = host_, id = request.id](const Reply& reply) { host.reply(id, reply); };
  }
  static Library::Failed failed(const Answer& answer) {
    return [answer](const std::string& why) { answer(Reply::failed(503, "storage-failed", why)); };
  }

  static veche::Failure no_such(const std::string& room, const std::string& id) {
    return {VECHE_E_GONE, "room \"" + room + "\" has no recording \"" + id + "\""};
  }
  const Stored& ended(const std::string& room, const std::string& id) {
    const Stored* recording = recordings_.library().find(id);
    if (recording == nullptr || recording->manifest.room != room) throw no_such(room, id);
    return *recording;
  }

  /// Those in progress, then those that have ended; a page of them.
  Reply list(const std::string& room, std::string_view query) {
    const veche::recording::PageQuery page = veche::recording::parse_page(query);
    const auto running = recordings_.in_progress();
    std::map<std::string, const Manifest*, std::greater<>> all;
    for (const auto& manifest : running) all[manifest->id] = manifest.get();
    for (const auto& [id, recording] : recordings_.library().recordings()) {
      all.emplace(id, &recording.manifest);
    }
    if (!room.empty())
      std::erase_if(all, [&](const auto& each) { return each.second->room != room; });
    std::vector<const Manifest*> shown;
    auto next = page.cursor.empty() ? all.begin() : all.upper_bound(page.cursor);
    for (; next != all.end() && shown.size() < page.limit; ++next) shown.push_back(next->second);
    const bool more = next != all.end() && !shown.empty();
    return Reply::json(veche::recording::list_json(shown, more ? shown.back()->id : ""));
  }

  const veche::Host host_;
  Recordings recordings_;
};

}  // namespace

VECHE_EXPORT_PLUGIN(Recording, veche::TrackTap, veche::Observer, veche::HttpRoutes,
                    veche::RoomSettings);
