// SPDX-License-Identifier: Apache-2.0
// The actions of a session's life: what goes to workers, lanes, taps and the owner.
#include "media/session/peer_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "media/peer/fingerprint.hpp"
#include "media/tap/taps.hpp"

namespace veche::media {

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
  attachment_ =
      Attachment::attach(room_, std::move(*seat_), id_, request_.participant, path,
                         sessions_.policy_, listens ? formats_ : std::vector<rtp::SlotFormat>{},
                         publishes_ ? attached_tracks_ : std::vector<AttachedTrack>{}, connected_ns,
                         request_.is_encrypted);
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

}  // namespace veche::media
