// SPDX-License-Identifier: Apache-2.0
// Offers tracks to the plugin, and takes ownership of the elements that it returns.
#include "plugin/track_tap_adapter.hpp"

#include <veche/selector.h>

#include <cassert>
#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "media/engine.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/services.hpp"

namespace veche::plugin {
namespace {

veche_track track_view(const media::TrackInfo& info) {
  veche_track track{};
  track.struct_size = sizeof track;
  track.kind = info.kind == sdp::MediaKind::Audio ? VECHE_KIND_AUDIO : VECHE_KIND_VIDEO;
  track.track = info.track.value;
  track.room = info.room.c_str();
  track.participant = info.participant.c_str();
  track.codec = info.codec.name.c_str();
  track.fmtp = info.codec.fmtp.c_str();
  track.clock_rate = info.codec.clock_rate;
  track.channels = info.codec.channels;
  track.payload_type = info.codec.payload_type;
  track.ssrc = info.ssrc;
  track.audio_level_extension = info.extensions.audio_level;
  track.flags = info.is_encrypted ? VECHE_TAP_ENCRYPTED : 0;
  track.name = info.name.c_str();
  return track;
}

veche_status status_code(const Status& status) {
  if (status) return VECHE_OK;
  switch (status.error().code) {
    case ErrorCode::NotFound: return VECHE_E_GONE;
    case ErrorCode::InvalidArgument:
    case ErrorCode::Conflict: return VECHE_E_INVALID;
    default: return VECHE_E_INTERNAL;
  }
}

}  // namespace

Status TrackTapAdapter::check(const veche_track_tap& table) {
  return check_members({{"open", table.open != nullptr}, {"closed", table.closed != nullptr}});
}

Result<std::unique_ptr<Adapter>> TrackTapAdapter::bind(const veche_track_tap& table,
                                                       const Binding& binding) {
  auto adapter = std::make_unique<TrackTapAdapter>(binding.request.name, binding.loop, table,
                                                   binding.self, binding.timers);
  binding.services.use_taps(adapter.get());
  return std::unique_ptr<Adapter>(std::move(adapter));
}

TrackTapAdapter::TrackTapAdapter(std::string name, glib::ControlLoop& loop,
                                 const veche_track_tap& table, veche_plugin* self,
                                 HookTimers& timers)
    : name_(std::move(name)),
      loop_(loop),
      table_(table),
      self_(self),
      open_timer_(timers.on_control("track_tap.open")),
      closed_timer_(timers.on_control("track_tap.closed")) {}

TrackTapAdapter::~TrackTapAdapter() {
  if (!taps_) return;
  taps_->release(*this);
  while (taps_) loop_.iterate(true);
}

void TrackTapAdapter::give(media::Engine& engine, room::Server&) { attach(engine.track_taps()); }

void TrackTapAdapter::take(media::Engine&, room::Server&, const std::function<void()>& done) {
  release(done);
}

void TrackTapAdapter::attach(media::TrackTaps& taps) {
  assert(is_on_control());
  if (taps_) return;
  taps_ = &taps;
  taps.use(*this);
}

void TrackTapAdapter::release(std::function<void()> done) {
  if (!taps_) {
    loop_.post(std::move(done));
    return;
  }
  released_ = std::move(done);
  taps_->release(*this);
}

void TrackTapAdapter::released() {
  taps_ = nullptr;
  if (released_) std::exchange(released_, nullptr)();
}

veche_status TrackTapAdapter::open_track(uint64_t track) {
  if (!taps_) return VECHE_E_GONE;
  if (is_asked_) return VECHE_E_INVALID;
  return status_code(taps_->open(*this, TrackId{track}));
}

veche_status TrackTapAdapter::close_track(uint64_t track) {
  return taps_ ? status_code(taps_->close(*this, TrackId{track})) : VECHE_E_GONE;
}

Result<glib::Ref<GstElement>> TrackTapAdapter::open(const media::TrackInfo& track) {
  const veche_track view = track_view(track);
  is_asked_ = true;
  auto opened = call_hook(open_timer_, [&] { return table_.open(self_, &view); });
  is_asked_ = false;
  if (!opened) return opened.error();
  GstElement* element = *opened;
  if (!element) return glib::Ref<GstElement>();
  // The owner of the reference is unknown, so the element is not touched.
  if (!GST_IS_ELEMENT(element) || g_object_is_floating(element) == FALSE) {
    return invalid("track_tap.open returned something other than a floating element");
  }
  return glib::sink(element);
}

void TrackTapAdapter::closed(TrackId track, const Status& status, uint64_t dropped) {
  const std::string reason = status ? std::string() : status.error().message;
  const auto done = call_hook(closed_timer_, [&] {
    table_.closed(self_, track.value, status_code(status), reason.c_str(), dropped);
  });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
