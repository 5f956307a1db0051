// SPDX-License-Identifier: Apache-2.0
// The glue: routes, taps, events and rooms' settings go to the recordings.
#include <gst/gst.h>

#include <optional>
#include <string>
#include <utility>
#include <veche/plugin.hpp>

#include "recording/answers.hpp"
#include "recording/control/listing.hpp"
#include "recording/control/recordings.hpp"
#include "recording/control/views.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/schemas.hpp"
#include "recording/settings.hpp"

namespace {

using veche::Reply;
using veche::Request;
using veche::recording::Index;
using veche::recording::Library;
using veche::recording::Manifest;
using veche::recording::Recordings;

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
    std::string why;
    if (status == VECHE_E_INTERNAL) {
      why = "a track is not recorded any more: " + std::string(reason);
      host_.warning(why);
    }
    recordings_.taps().on_closed(track, dropped, why);
  }
  void on_event(const veche::Event& event) { recordings_.on_event(event); }
  void room_settings(std::string_view room, const veche::Values& values) {
    recordings_.set_room(std::string(room), veche::recording::parse_room(values.json()));
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
    return Reply::json(summary_json(summary_of(ended(room, id).manifest)));
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
    const auto answer = answer_to(request);
    recordings_.library().open_file(
        *recording, file,
        [answer, file](int fd, const std::string& type) { answer(Reply::file(fd, type, file)); },
        failed(answer));
    return Reply::later();
  }

#define RECORDINGS "/rooms/{room}/recordings"
#define ONE RECORDINGS "/{recording}"
  static constexpr veche::Route<Recording> kRoutes[] = {
      {"POST", RECORDINGS, VECHE_ACCESS_ROOMS, "Begins a recording of the room.", &Recording::begin,
       veche::recording::kRequestSchema, veche::recording::kBegun},
      {"GET", RECORDINGS, VECHE_ACCESS_READ,
       "The recordings of the room as it exists now, the newest first.", &Recording::list_room,
       nullptr, veche::recording::kPage, veche::recording::kRoomQuery},
      {"GET", "/recordings", VECHE_ACCESS_READ, "All recordings, the newest first.",
       &Recording::list_all, nullptr, veche::recording::kPage, veche::recording::kAllQuery},
      {"GET", ONE, VECHE_ACCESS_READ, "One recording: its manifest, with the progress so far.",
       &Recording::read, nullptr, veche::recording::kOne},
      {"POST", ONE "/stop", VECHE_ACCESS_ROOMS, "Ends a recording.", &Recording::end, nullptr,
       veche::recording::kOne},
      {"GET", ONE "/files/{file}", VECHE_ACCESS_ROOMS, "A file of it, or a range of that.",
       &Recording::download, nullptr, veche::recording::kFile},
      {"DELETE", ONE, VECHE_ACCESS_ROOMS, "Deletes a recording that has ended.", &Recording::remove,
       nullptr, veche::recording::kRemoved}};
#undef ONE
#undef RECORDINGS

 private:
  using Answer = std::function<void(const Reply&)>;

  Answer answer_to(const Request& request) const {
    return [host = host_, id = request.id](const Reply& reply) { host.reply(id, reply); };
  }
  static Library::Failed failed(const Answer& answer) {
    return [answer](const Library::Refusal& refusal) {
      const bool is_gone = refusal.code == VECHE_E_GONE;
      answer(Reply::failed(is_gone ? 404 : 503, is_gone ? "not-found" : "storage-failed",
                           refusal.why));
    };
  }

  static veche::Failure no_such(const std::string& room, const std::string& id) {
    return {VECHE_E_GONE, "room \"" + room + "\" has no recording \"" + id + "\""};
  }
  const Index::Entry& ended(const std::string& room, const std::string& id) {
    const Index::Entry* recording = recordings_.library().index().find(id);
    if (recording == nullptr || recording->manifest.room != room) throw no_such(room, id);
    return *recording;
  }

  Reply list(const std::string& room, std::string_view query) {
    veche::recording::Listing listing{.room = room, .page = veche::recording::parse_page(query)};
    if (!room.empty()) listing.incarnation = recordings_.incarnation_of(room);
    return Reply::json(
        list_recordings(listing, recordings_.in_progress(), recordings_.library().index()));
  }

  const veche::Host host_;
  Recordings recordings_;
};

}  // namespace

VECHE_EXPORT_PLUGIN(Recording, veche::TrackTap, veche::Observer, veche::HttpRoutes,
                    veche::RoomSettings);
