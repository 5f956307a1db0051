// SPDX-License-Identifier: Apache-2.0
// Opens a tap for the first recording that wants a track, and closes it after the last.
#include "recording/control/track_taps.hpp"

#include <veche/selector.h>

#include <utility>

namespace veche::recording {

GstElement* TrackTaps::open(const veche_track& track) {
  const std::string room = track.room;
  TrackInfo info{track.track,
                 track.participant,
                 track.name,
                 track.kind == VECHE_KIND_VIDEO ? "video" : "audio",
                 track.codec,
                 track.fmtp,
                 track.clock_rate,
                 track.channels,
                 (track.flags & VECHE_TAP_ENCRYPTED) != 0};
  std::vector<TapTarget> wanting;
  for (TapTarget& target : targets_()) {
    if (target.room == room && target.plan->wants(info.kind, info.participant)) {
      wanting.push_back(std::move(target));
    }
  }
  if (wanting.empty()) return nullptr;
  // A microphone has one source at a time, which may change in mid-call.
  const uint32_t ssrc = track.kind == VECHE_KIND_VIDEO ? track.ssrc : 0;
  auto sink = std::make_shared<TapSink>(
      std::move(info), TapSink::Header{track.payload_type, ssrc, track.audio_level_extension});
  GstElement* element = make_tap_element(sink);
  if (!element)
    throw Failure(VECHE_E_INTERNAL, "GStreamer has no appsink: install its base plugins");
  for (const TapTarget& target : wanting) sink->add(target.queue);
  taps_[track.track] = {room, std::move(sink)};
  return element;
}

void TrackTaps::on_closed(uint64_t track, uint64_t dropped, const std::string& why) {
  const auto found = taps_.find(track);
  if (found == taps_.end()) return;
  const bool was_closing = found->second.closing;
  found->second.sink->close(dropped, why);
  taps_.erase(found);
  // A recording may have begun while the tap ended.
  if (was_closing) static_cast<void>(host_.open_tap(track));
}

void TrackTaps::attach(const TapTarget& target) {
  std::vector<uint64_t> tracks;
  host_.visit_participants(target.room, [&](const veche_participant_info& participant) {
    tracks.insert(tracks.end(), participant.tracks, participant.tracks + participant.track_count);
  });
  for (const uint64_t track : tracks) {
    const auto found = taps_.find(track);
    if (found == taps_.end()) {
      // Answered by open().
      static_cast<void>(host_.open_tap(track));
    } else if (const TrackInfo& info = found->second.sink->info();
               !found->second.closing && target.plan->wants(info.kind, info.participant)) {
      found->second.sink->add(target.queue);
    }
  }
}

void TrackTaps::detach(const TapTarget& target) {
  for (auto& [track, tap] : taps_) {
    if (tap.room != target.room) continue;
    tap.sink->remove(target.queue, 0);
    if (tap.closing || !tap.sink->is_unused()) continue;
    tap.closing = host_.close_tap(track) == VECHE_OK;
  }
}

}  // namespace veche::recording
