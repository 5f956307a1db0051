// SPDX-License-Identifier: Apache-2.0
// From an offer to its answer: what the session will receive and send, and the connection for it.
#include <algorithm>
#include <cassert>
#include <utility>

#include "base/guarded.hpp"
#include "base/random_bytes.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/session/peer_session.hpp"

namespace veche::media {
namespace {

uint32_t random_ssrc(const std::vector<rtp::SlotFormat>& taken) {
  for (;;) {
    const auto ssrc = random_value<uint32_t>();
    const bool used = std::any_of(taken.begin(), taken.end(), [&](const rtp::SlotFormat& format) {
      return format.ssrc == ssrc;
    });
    if (ssrc != 0 && !used) return ssrc;
  }
}

/// Rejoining makes another participant of the same name; a test's may have none.
std::string owner_of(const SessionRequest& request) {
  if (request.participant_name.empty()) return std::to_string(request.participant.value);
  return request.room_name + "/" + request.participant_name;
}

}  // namespace

void PeerSession::make_slots() {
  for (const sdp::SectionPlan& section : request_.plan.sections) {
    if (!section.is_slot()) continue;
    rtp::SlotFormat format;
    format.ssrc = random_ssrc(formats_);
    format.clock_rate = section.codec.clock_rate;
    format.payload_type = section.codec.payload_type;
    format.red_payload_type = section.red_payload_type;
    format.mid_extension = section.extensions.mid;
    format.audio_level_extension = section.extensions.audio_level;
    // webrtcbin's own elements number what they send.
    if (path_ == PathKind::Wire) format.transport_cc_extension = section.extensions.transport_cc;
    format.mid = section.mid;
    formats_.push_back(format);
    // The pipeline path resends nothing.
    slots_.push_back({.mid = section.mid,
                      .kind = section.kind,
                      .can_repeat = section.red_payload_type != 0,
                      .can_resend = section.nack && path_ == PathKind::Wire});
  }
}

std::shared_ptr<Ingress> PeerSession::make_ingress() {
  std::vector<IngressTrack> ingress_tracks;
  for (const sdp::SectionPlan& section : request_.plan.sections) {
    if (!section.is_track()) continue;
    auto feed = std::make_shared<TrackFeed>(request_.participant, request_.source_number,
                                            section.kind, section.extensions.audio_level != 0);
    feed->payload_type = section.codec.payload_type;
    feed->red_payload_type = section.red_payload_type;
    ingress_tracks.push_back({feed, section.mid, section.ssrcs, section.codec.payload_type,
                              section.extensions.audio_level, section.extensions.mid,
                              section.codec.clock_rate, request_.audio_rates});
    // The server receives a participant that may not publish, because it may be allowed to later
    // and there is no second negotiation.
    feed->muted.store(!publishes_, std::memory_order_relaxed);
    feed->is_encrypted = request_.is_encrypted;
    tracks_.push_back({feed->id, section.mid, section.kind, section.red_payload_type != 0});
    attached_tracks_.push_back({feed, section.extensions.audio_level});
    track_infos_.push_back(track_info(section, feed->id));
  }
  auto violation = [weak = weak_from_this(), &loop = sessions_.loop_] {
    post(loop, weak, session_event::Violated{"it sends SSRCs that its offer does not name"});
  };
  return std::make_shared<Ingress>(std::move(ingress_tracks), room_->feed, *room_->home,
                                   *room_->all, std::move(violation));
}

TrackInfo PeerSession::track_info(const sdp::SectionPlan& section, TrackId track) const {
  TrackInfo info;
  info.track = track;
  info.kind = section.kind;
  info.room = request_.room_name;
  info.participant = request_.participant_name;
  info.name = request_.display_name;
  info.codec = section.codec;
  info.ssrc = section.ssrcs.empty() ? 0 : section.ssrcs.front();
  info.extensions = section.extensions;
  info.is_encrypted = request_.is_encrypted;
  return info;
}

void PeerSession::negotiate() {
  ingress_ = make_ingress();
  // The answer names the port of a lane.
  if (path_ == PathKind::Wire) seat_.emplace(LaneSeat::take(room_, path_));
  connection_ = sessions_.connections_.make(path_, id_, seat_ ? &seat_->lane() : nullptr,
                                            webrtc_events(), ingress_);
  const auto self = shared_from_this();
  sessions_.negotiate({.owner = owner_of(request_),
                       .session = id_,
                       .begin = [self] { self->make_answer(); },
                       .abandon = [self] { self->abandon(); }});
}

void PeerSession::make_answer() {
  const int64_t begun_ns = monotonic_ns();
  Result<std::string> answer = internal("a library failed while it answered the offer");
  guarded("media", LogPlace::here(),
          [&] { answer = connection_->negotiate(request_.plan, formats_); });
  sessions_.loop_.post([self = shared_from_this(), answer = std::move(answer), begun_ns] {
    self->sessions_.end_negotiation(self->id_);
    self->answer_ = answer;
    self->on(session_event::Negotiated{answer.ok(), begun_ns}, monotonic_ns());
  });
}

void PeerSession::abandon() {
  // Later: the owner may be the caller.
  sessions_.loop_.post([self = shared_from_this(), now_ns = monotonic_ns()] {
    self->answer_ =
        Error{ErrorCode::Conflict, "A newer offer of the participant replaced this one."};
    self->on(session_event::Negotiated{false, now_ns}, now_ns);
  });
}

void PeerSession::admit() {
  connection_->admit([self = shared_from_this()](const Status& status) {
    if (!status) self->answer_ = status.error();
    self->on(session_event::Admitted{status.ok()}, monotonic_ns());
  });
}

void PeerSession::tell_answer() {
  const auto answered = std::exchange(events_.answered, nullptr);
  Result<std::string> answer = *std::exchange(answer_, std::nullopt);
  if (!answer) events_ = {};
  if (answered) answered(std::move(answer));
}

void PeerSession::restart_ice(const std::string& client_ufrag,
                              std::function<void(Result<std::string>)> done) {
  assert(is_on_control());
  const SessionPhase phase = life_.phase();
  if (phase != SessionPhase::Answered && phase != SessionPhase::Opening &&
      phase != SessionPhase::Attached) {
    return done(Error{ErrorCode::Conflict, "the session has no answer yet, or has ended"});
  }
  connection_->restart_ice(client_ufrag, [self = shared_from_this(), done = std::move(done)](
                                             const Result<sdp::IceParameters>& ice) {
    if (!ice) return done(ice.error());
    done(sdp::write_ice_fragment(*ice, self->request_.plan.bundle));
  });
}

}  // namespace veche::media
