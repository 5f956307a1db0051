// SPDX-License-Identifier: Apache-2.0
// Counts recordings, and emits their manifests as events.
#include "recording/control/reports.hpp"

#include "recording/control/index.hpp"
#include "recording/control/views.hpp"
#include "recording/file/manifest_json.hpp"

namespace veche::recording {
namespace {

constexpr size_t kMostInEvent = 200;

}  // namespace

Reports::Reports(const veche::Host& host)
    : host_(host),
      active_(host.gauge("recordings", "Recordings in progress.")),
      finished_(host.counter("recordings_finished_total", "Recordings that ended as they should.")),
      failed_(host.counter("recordings_failed_total", "Recordings that a failure ended.")),
      bytes_(host.counter("recorded_bytes_total",
                          "Bytes of the files of recordings that have ended.")),
      dropped_(host.counter("packets_dropped_total",
                            "Packets that recordings that have ended did not get in time.")) {}

void Reports::on_ended(const Manifest& manifest) {
  const bool failed = manifest.state == State::Failed;
  (failed ? failed_ : finished_).add();
  for (const FileEntry& file : manifest.files) bytes_.add(static_cast<int64_t>(file.bytes));
  for (const TrackEntry& track : manifest.tracks)
    dropped_.add(static_cast<int64_t>(track.losses.dropped));
  emit(manifest, failed ? "failed" : "finished");
}

void Reports::on_not_started(const Manifest& manifest) {
  failed_.add();
  emit(manifest, "failed");
}

void Reports::announce(const std::string& room,
                       const std::vector<std::shared_ptr<const Manifest>>& in_progress) {
  host_.announce(room, notice_json(in_progress));
}

void Reports::emit(const Manifest& manifest, const char* what) {
  std::string json = to_json(manifest);
  if (json.size() > kMaxEventBytes) json = summary_json(manifest);
  // Hundreds of tracks: the manifest is in the API.
  if (json.size() > kMaxEventBytes) json = summary_json(summary_of(manifest, kMostInEvent));
  const std::string type = std::string("recording.") + what;
  const veche_status status = host_.emit(manifest.room, "", type, json);
  if (status != VECHE_OK && status != VECHE_E_GONE) {
    host_.warning("the server refused the event " + type +
                  ": the plugin's name in the configuration has to be \"recording\"");
  }
}

}  // namespace veche::recording
