// SPDX-License-Identifier: Apache-2.0
// The transitions, one function for each event.
#include "media/session/session_life.hpp"

#include <utility>

namespace veche::media {

using namespace session_event;

SessionActions SessionLife::on(const SessionEvent& event, int64_t now_ns) {
  SessionActions actions;
  std::visit([&](const auto& one) { handle(one, now_ns, actions); }, event);
  return actions;
}

void SessionLife::handle(const Offered&, int64_t now_ns, SessionActions& actions) {
  times_.offered_ns = now_ns;
  actions.steps.push_back(SessionAction::Negotiate);
}

void SessionLife::handle(const Negotiated& event, int64_t now_ns, SessionActions& actions) {
  times_.begun_ns = event.begun_ns;
  if (event.ok && !is_closing_) {
    phase_ = SessionPhase::Admitting;
    actions.steps.push_back(SessionAction::Admit);
  } else {
    handle(Admitted{false}, now_ns, actions);
  }
}

void SessionLife::handle(const Admitted& event, int64_t now_ns, SessionActions& actions) {
  times_.answered_ns = now_ns;
  if (!event.ok || is_closing_) {
    leave(actions);
  } else {
    phase_ = SessionPhase::Answered;
    actions.samples.push_back({JoinPhase::Wait, times_.begun_ns - times_.offered_ns});
    actions.samples.push_back({JoinPhase::Answer, now_ns - times_.begun_ns});
  }
  if (!is_closing_) actions.steps.push_back(SessionAction::TellAnswer);
  if (!event.ok) has_owner_ = false;
}

void SessionLife::handle(const IceConnected&, int64_t now_ns, SessionActions&) {
  if (times_.ice_ns == 0) times_.ice_ns = now_ns;
}

void SessionLife::handle(const PeerConnected&, int64_t, SessionActions& actions) {
  if (spare_is_gone_ || phase_ != SessionPhase::Answered) return;
  phase_ = SessionPhase::Opening;
  actions.steps.push_back(SessionAction::Open);
}

void SessionLife::handle(const PeerFailed&, int64_t, SessionActions& actions) {
  if (spare_is_gone_) return;
  end(SessionEnd::PeerTimeout, "the connection to the client failed", actions);
}

void SessionLife::handle(const WebrtcFailed& event, int64_t, SessionActions& actions) {
  if (!spare_is_gone_) end(SessionEnd::MediaError, event.detail, actions);
}

void SessionLife::handle(const Violated& event, int64_t, SessionActions& actions) {
  end(SessionEnd::PolicyViolation, event.detail, actions);
}

void SessionLife::handle(const Opened& event, int64_t now_ns, SessionActions& actions) {
  if (is_closing_) {
    leave(actions);
    return;
  }
  if (!event.status) {
    leave(actions);
    const Error& error = event.status.error();
    const bool is_refused =
        error.code == ErrorCode::PermissionDenied || error.code == ErrorCode::InvalidArgument;
    end(is_refused ? SessionEnd::BadFingerprint : SessionEnd::MediaError, error.message, actions);
    return;
  }
  phase_ = SessionPhase::Attached;
  times_.connected_ns = now_ns;
  if (times_.ice_ns == 0) times_.ice_ns = now_ns;
  actions.samples.push_back({JoinPhase::Ice, times_.ice_ns - times_.answered_ns});
  actions.samples.push_back({JoinPhase::Dtls, now_ns - times_.ice_ns});
  actions.steps = {SessionAction::Attach, SessionAction::LetSpareGo, SessionAction::AskAddress,
                   SessionAction::TellConnected};
}

void SessionLife::handle(const SpareGone&, int64_t, SessionActions&) { spare_is_gone_ = true; }

void SessionLife::handle(const Closed&, int64_t, SessionActions& actions) {
  has_owner_ = false;
  close(actions);
}

void SessionLife::handle(const Detached&, int64_t, SessionActions& actions) { leave(actions); }

void SessionLife::handle(const Left& event, int64_t, SessionActions& actions) {
  measure(event.first_packets, actions);
  phase_ = SessionPhase::Destroying;
  actions.steps.push_back(SessionAction::Destroy);
}

void SessionLife::handle(const Destroyed&, int64_t, SessionActions& actions) {
  phase_ = SessionPhase::Gone;
  actions.steps.push_back(SessionAction::Forget);
}

void SessionLife::handle(const Tick& event, int64_t now_ns, SessionActions& actions) {
  if (phase_ == SessionPhase::Answered && now_ns - times_.answered_ns > timeout_ns_) {
    end(SessionEnd::PeerTimeout, "the client did not connect in time", actions);
  }
  if (phase_ != SessionPhase::Attached) return;
  measure(event.first_packets, actions);
  if (now_ns - event.heard_ns > timeout_ns_) {
    end(SessionEnd::PeerTimeout, "nothing was heard from the client for too long", actions);
  } else {
    actions.steps.push_back(SessionAction::AskAddress);
  }
}

void SessionLife::end(SessionEnd reason, std::string detail, SessionActions& actions) {
  const bool has_answer = phase_ != SessionPhase::Negotiating && phase_ != SessionPhase::Admitting;
  if (!has_answer || !std::exchange(has_owner_, false)) return;
  close(actions);
  actions.steps.push_back(SessionAction::TellEnded);
  actions.end = reason;
  actions.detail = std::move(detail);
}

void SessionLife::close(SessionActions& actions) {
  switch (phase_) {
    case SessionPhase::Negotiating:
    case SessionPhase::Admitting:
    case SessionPhase::Opening: is_closing_ = true; break;
    case SessionPhase::Answered: leave(actions); break;
    case SessionPhase::Attached:
      phase_ = SessionPhase::Detaching;
      actions.steps.push_back(SessionAction::Detach);
      break;
    case SessionPhase::Detaching:
    case SessionPhase::Leaving:
    case SessionPhase::Destroying:
    case SessionPhase::Gone: break;
  }
}

void SessionLife::leave(SessionActions& actions) {
  phase_ = SessionPhase::Leaving;
  actions.steps.push_back(SessionAction::Leave);
}

void SessionLife::measure(const FirstPackets& now, SessionActions& actions) {
  if (times_.connected_ns == 0) return;
  FirstPackets& known = times_.first_packets;
  if (known.in_ns == 0 && now.in_ns != 0) {
    known.in_ns = now.in_ns;
    actions.samples.push_back({JoinPhase::FirstPacketIn, now.in_ns - times_.connected_ns});
  }
  if (known.audio_ns != 0 || now.audio_ns == 0) return;
  known.audio_ns = now.audio_ns;
  actions.samples.push_back({JoinPhase::FirstPacketOut, now.audio_ns - times_.connected_ns});
  actions.samples.push_back({JoinPhase::FirstAudio, now.audio_ns - times_.offered_ns});
}

}  // namespace veche::media
