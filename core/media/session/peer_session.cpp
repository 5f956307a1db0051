// SPDX-License-Identifier: Apache-2.0
// The actions of a session's life: what goes to workers, lanes, taps and the owner.
#include "media/session/peer_session.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/peer/fingerprint.hpp"
#include "media/tap/taps.hpp"

namespace veche::media {
namespace {

uint32_t random_ssrc(const std::vector<rtp::SlotFormat>& taken) {
  for (;;) {
    uint32_t ssrc = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&ssrc), sizeof ssrc);
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

PeerSession::PeerSession(PeerSessions& sessions, std::shared_ptr<RoomLanes> room,
                         SessionRequest request, SessionEvents events)
    : sessions_(sessions),
      room_(std::move(room)),
      request_(std::move(request)),
      path_(sessions.connections_.choose(request_.path)),
      events_(std::move(events)),
      life_(sessions.timeout_ns_),
      publishes_(request_.publish_audio) {
  make_slots();
}

PeerSession::~PeerSession() = default;

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
    format.mid = section.mid;
    formats_.push_back(format);
    slots_.push_back({section.mid, section.kind});
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
    tracks_.push_back({feed->id, section.mid, section.kind});
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
  return info;
}

glib::WebrtcEvents PeerSession::webrtc_events() {
  glib::WebrtcEvents events;
  events.peer_state = [weak = weak_from_this(), &loop = sessions_.loop_](glib::PeerState state) {
    if (state == glib::PeerState::Failed) {
      post(loop, weak, session_event::PeerFailed{});
    } else {
      post(loop, weak, session_event::PeerConnected{});
    }
  };
  events.error = [weak = weak_from_this(), &loop = sessions_.loop_](const std::string& reason) {
    post(loop, weak, session_event::WebrtcFailed{reason});
  };
  events.ice_connected = [weak = weak_from_this(), &loop = sessions_.loop_] {
    post(loop, weak, session_event::IceConnected{});
  };
  return events;
}

void PeerSession::post(glib::ControlLoop& loop, std::weak_ptr<PeerSession> session,
                       SessionEvent event) {
  loop.post([session = std::move(session), event = std::move(event), now_ns = monotonic_ns()] {
    if (const auto self = session.lock()) self->on(event, now_ns);
  });
}

void PeerSession::on(const SessionEvent& event, int64_t now_ns) {
  assert(is_on_control());
  SessionActions actions = life_.on(event, now_ns);
  for (const JoinSample& sample : actions.samples) sessions_.join_times_.add(sample);
  for (const SessionAction action : actions.steps) carry_out(action, actions);
}

void PeerSession::carry_out(SessionAction action, SessionActions& actions) {
  switch (action) {
    case SessionAction::Negotiate: negotiate(); break;
    case SessionAction::Admit: admit(); break;
    case SessionAction::TellAnswer: tell_answer(); break;
    case SessionAction::Open: open(); break;
    case SessionAction::Attach: attach(); break;
    case SessionAction::LetSpareGo: let_spare_go(); break;
    case SessionAction::AskAddress: ask_address(); break;
    case SessionAction::TellConnected: tell_connected(); break;
    case SessionAction::Detach: detach(); break;
    case SessionAction::Leave: leave(); break;
    case SessionAction::Destroy: destroy(); break;
    case SessionAction::TellEnded: tell_ended(actions); break;
    case SessionAction::Forget:
      seat_.reset();
      attachment_.reset();
      sessions_.forget(shared_from_this());
      break;
  }
}

void PeerSession::begin() { on(session_event::Offered{}, monotonic_ns()); }

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

void PeerSession::open() {
  sessions_.openers_.run([self = shared_from_this()] {
    Status status = internal("a library failed while it opened the session");
    guarded("media", LogPlace::here(), [&] {
      status = check_fingerprint(self->connection_->peer_certificate(),
                                 self->request_.plan.fingerprints);
      if (status) status = self->connection_->open();
    });
    self->sessions_.loop_.post(
        [self, status] { self->on(session_event::Opened{status}, monotonic_ns()); });
  });
}

void PeerSession::attach() {
  const int64_t connected_ns = life_.times().connected_ns;
  ingress_->heard(connected_ns);
  ingress_->accept();
  connection_->start();
  const bool listens = connection_->path() != nullptr;
  Path& path = listens ? *connection_->path() : no_path_;
  if (!seat_) seat_.emplace(LaneSeat::take(room_, path_));
  attachment_ = Attachment::attach(
      room_, std::move(*seat_), id_, request_.participant, path, sessions_.policy_,
      listens ? formats_ : std::vector<rtp::SlotFormat>{},
      publishes_ ? attached_tracks_ : std::vector<AttachedTrack>{}, connected_ns);
  if (publishes_) publish_to_taps();
}

void PeerSession::publish_to_taps() {
  for (size_t i = 0; i < attached_tracks_.size(); ++i) {
    sessions_.taps_.publish(track_infos_[i], attached_tracks_[i].feed);
  }
}

void PeerSession::publish() {
  assert(is_on_control());
  if (std::exchange(publishes_, true) || !life_.is_attached()) return;
  attachment_->publish(attached_tracks_);
  publish_to_taps();
}

void PeerSession::let_spare_go() {
  std::shared_ptr<void> spare = connection_->take_spare();
  if (!spare) return;
  on(session_event::SpareGone{}, monotonic_ns());
  sessions_.unmakers_.run([spare = std::move(spare)]() mutable { spare.reset(); });
}

void PeerSession::ask_address() {
  connection_->ask_address([weak = weak_from_this()](std::string address) {
    if (const auto self = weak.lock()) self->client_address_ = std::move(address);
  });
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

void PeerSession::close() {
  assert(is_on_control());
  events_ = {};
  on(session_event::Closed{}, monotonic_ns());
  sessions_.withdraw(id_);
}

void PeerSession::tell_ended(const SessionActions& actions) {
  const auto ended = std::exchange(events_.ended, nullptr);
  events_ = {};
  if (ended) ended(actions.end, actions.detail);
}

void PeerSession::detach() {
  if (publishes_) {
    for (const AttachedTrack& track : attached_tracks_) sessions_.taps_.unpublish(track.feed->id);
  }
  attachment_->detach(
      [self = shared_from_this()] { self->on(session_event::Detached{}, monotonic_ns()); });
}

void PeerSession::leave() {
  connection_->leave([self = shared_from_this()] {
    self->final_path_totals_ = self->path_totals();
    self->on(session_event::Left{self->first_packets()}, monotonic_ns());
  });
}

void PeerSession::destroy() {
  sessions_.unmakers_.run([self = shared_from_this()] {
    self->connection_.reset();
    self->sessions_.loop_.post([self] { self->on(session_event::Destroyed{}, monotonic_ns()); });
  });
}

void PeerSession::watch(int64_t now_ns) {
  session_event::Tick tick{.heard_ns = now_ns};
  if (life_.is_attached()) {
    tick.first_packets = first_packets();
    tick.heard_ns = ingress_->last_heard_ns();
    // A listener in a silent room sends neither RTP nor, with some stacks, RTCP; but its STUN goes
    // on.
    if (const auto silence_ns = connection_->silence_ns()) {
      tick.heard_ns = std::max(tick.heard_ns, now_ns - *silence_ns);
    }
  }
  on(tick, now_ns);
}

void PeerSession::tell_connected() {
  const auto connected = std::exchange(events_.connected, nullptr);
  if (connected) connected();
}

void PeerSession::set_active(size_t slot, bool active) {
  assert(is_on_control());
  if (attachment_) attachment_->set_active(slot, active);
}

}  // namespace veche::media
