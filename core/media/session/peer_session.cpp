// SPDX-License-Identifier: Apache-2.0
// The life of a session: negotiate, connect, verify, attach, detach, take down.
#include "media/session/peer_session.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "media/peer/fingerprint.hpp"
#include "media/pipeline/pipeline.hpp"
#include "media/wire/wire_connection.hpp"

namespace veche::media {
namespace {

/// Handshakes cost CPU (an RSA key for each session): so many at once keep both lanes and control
/// responsive.
constexpr size_t kMakers = 3;
constexpr size_t kUnmakers = 2;
constexpr uint32_t kWatchMs = 1000;

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

}  // namespace

PeerSession::PeerSession(PeerSessions& sessions, std::shared_ptr<RoomLanes> room,
                         SessionRequest request, SessionEvents events)
    : sessions_(sessions),
      room_(std::move(room)),
      request_(std::move(request)),
      path_(sessions.ports_.empty() ? PathKind::Pipeline
                                    : request_.path.value_or(sessions.settings_.path)),
      events_(std::move(events)),
      offered_ns_(monotonic_ns()) {
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
    ingress_tracks.push_back({feed, section.mid, section.ssrcs, section.codec.payload_type,
                              section.extensions.audio_level, section.extensions.mid});
    // Whoever may not publish is received, so that nothing looks odd to the client, but is no
    // candidate.
    if (!request_.publish_audio) continue;
    tracks_.push_back({feed->id, section.mid, section.kind});
    attached_tracks_.push_back({feed, section.extensions.audio_level});
    track_infos_.push_back(track_info(section, feed->id));
  }
  auto violation = [weak = weak_from_this(), &loop = sessions_.loop_] {
    loop.post([weak] {
      if (const auto self = weak.lock()) {
        self->end(SessionEnd::PolicyViolation, "it sends SSRCs that its offer does not name");
      }
    });
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

void PeerSession::negotiate() {
  ingress_ = make_ingress();
  glib::WebrtcEvents events;
  events.peer_state = [weak = weak_from_this(), &loop = sessions_.loop_](glib::PeerState state) {
    loop.post([weak, state] {
      if (const auto self = weak.lock()) self->on_peer_state(state);
    });
  };
  events.error = [weak = weak_from_this(), &loop = sessions_.loop_](const std::string& reason) {
    loop.post([weak, reason] {
      const auto self = weak.lock();
      if (self && !self->spare_is_gone_) self->end(SessionEnd::MediaError, reason);
    });
  };
  events.ice_connected = [weak = weak_from_this(), &loop = sessions_.loop_] {
    loop.post([weak, now_ns = monotonic_ns()] {
      const auto self = weak.lock();
      if (self && self->ice_ns_ == 0) self->ice_ns_ = now_ns;
    });
  };
  connection_ = make_connection(std::move(events));
  sessions_.makers_.run([self = shared_from_this()] {
    const int64_t begun_ns = monotonic_ns();
    Result<std::string> answer = self->connection_->negotiate(self->request_.plan, self->formats_);
    self->sessions_.loop_.post(
        [self, answer = std::move(answer), begun_ns] { self->on_negotiated(answer, begun_ns); });
  });
}

std::unique_ptr<PeerConnection> PeerSession::make_connection(glib::WebrtcEvents events) {
  if (path_ == PathKind::Pipeline) {
    return std::make_unique<Pipeline>(sessions_.settings_, std::move(events), ingress_);
  }
  // The answer names the port of a lane, so the lane is chosen here.
  Lane& lane = Attachment::choose_lane(*room_, path_);
  return std::make_unique<WireConnection>(id_, lane, *sessions_.ports_[lane.index()],
                                          sessions_.relay_, std::move(events), ingress_);
}

void PeerSession::on_negotiated(Result<std::string> answer, int64_t begun_ns) {
  begun_ns_ = begun_ns;
  if (!answer) {
    on_admitted(std::move(answer));
    return;
  }
  connection_->admit([self = shared_from_this(), answer](const Status& status) {
    self->on_admitted(status ? answer : status.error());
  });
}

void PeerSession::on_admitted(Result<std::string> answer) {
  phase_ = Phase::Answered;
  answered_ns_ = monotonic_ns();
  if (close_requested_) {
    take_down();
    return;
  }
  const bool failed = !answer.ok();
  if (!failed) {
    sessions_.join_times_.wait_ns.add(begun_ns_ - offered_ns_);
    sessions_.join_times_.answer_ns.add(answered_ns_ - begun_ns_);
  }
  const auto answered = std::exchange(events_.answered, nullptr);
  if (failed) {
    events_ = {};
    take_down();
  }
  if (answered) answered(std::move(answer));
}

void PeerSession::on_peer_state(glib::PeerState state) {
  if (spare_is_gone_) return;
  if (state == glib::PeerState::Failed) {
    end(SessionEnd::PeerTimeout, "the connection to the client failed");
    return;
  }
  if (phase_ != Phase::Answered) return;
  phase_ = Phase::Opening;
  sessions_.makers_.run([self = shared_from_this()] {
    Status status =
        check_fingerprint(self->connection_->peer_certificate(), self->request_.plan.fingerprint);
    if (status) status = self->connection_->open();
    self->sessions_.loop_.post([self, status] { self->on_opened(status); });
  });
}

void PeerSession::on_opened(const Status& status) {
  phase_ = Phase::Attached;
  if (close_requested_) {
    take_down();
    return;
  }
  if (!status) {
    const bool refused = status.error().code == ErrorCode::PermissionDenied ||
                         status.error().code == ErrorCode::InvalidArgument;
    end(refused ? SessionEnd::BadFingerprint : SessionEnd::MediaError, status.error().message);
    return;
  }
  connected_ns_ = monotonic_ns();
  if (ice_ns_ == 0) ice_ns_ = connected_ns_;
  sessions_.join_times_.ice_ns.add(ice_ns_ - answered_ns_);
  sessions_.join_times_.dtls_ns.add(connected_ns_ - ice_ns_);
  ingress_->heard(connected_ns_);
  ingress_->accept();
  connection_->start();
  const bool listens = request_.subscribe && connection_->path() != nullptr;
  Path& path = listens ? *connection_->path() : no_path_;
  Lane& lane = connection_->lane() ? *connection_->lane() : Attachment::choose_lane(*room_, path_);
  attachment_ = Attachment::attach(room_, lane, id_, request_.participant, path, sessions_.policy_,
                                   listens ? formats_ : std::vector<rtp::SlotFormat>{},
                                   attached_tracks_, connected_ns_);
  if (std::shared_ptr<void> spare = connection_->take_spare()) {
    spare_is_gone_ = true;
    sessions_.unmakers_.run([spare = std::move(spare)]() mutable { spare.reset(); });
  }
  for (size_t i = 0; i < attached_tracks_.size(); ++i) {
    sessions_.taps_.publish(track_infos_[i], attached_tracks_[i].feed);
  }
  ask_address();
  if (events_.connected) events_.connected();
}

void PeerSession::close() {
  events_ = {};
  if (phase_ == Phase::Closing || phase_ == Phase::Closed) return;
  if (phase_ == Phase::Negotiating || phase_ == Phase::Opening) {
    close_requested_ = true;  // A worker has it now; it goes on when that is done.
    return;
  }
  take_down();
}

void PeerSession::end(SessionEnd reason, const std::string& detail) {
  // Before the answer a failure is the negotiation's to report.
  if (phase_ == Phase::Negotiating || !events_.ended) return;
  const auto ended = std::exchange(events_.ended, nullptr);
  close();
  ended(reason, detail);
}

void PeerSession::take_down() {
  phase_ = Phase::Closing;
  auto unmake = [self = shared_from_this()] {
    self->connection_->leave([self] {
      self->measure_first_packets();
      self->final_path_totals_ = self->path_totals();
      self->sessions_.unmakers_.run([self] {
        self->connection_.reset();
        self->sessions_.loop_.post([self] { self->on_taken_down(); });
      });
    });
  };
  if (attachment_) {
    for (const AttachedTrack& track : attached_tracks_) sessions_.taps_.unpublish(track.feed->id);
    attachment_->detach(std::move(unmake));
  } else {
    unmake();
  }
}

void PeerSession::on_taken_down() {
  phase_ = Phase::Closed;
  attachment_.reset();
  sessions_.ended_ += totals();
  sessions_.sessions_.erase(shared_from_this());
}

void PeerSession::watch(int64_t now_ns) {
  if (phase_ == Phase::Attached) {
    measure_first_packets();
    ask_address();
  }
  const int64_t limit_ns = int64_t{sessions_.settings_.peer_timeout_s} * kNsPerS;
  if (phase_ == Phase::Answered && now_ns - answered_ns_ > limit_ns) {
    end(SessionEnd::PeerTimeout, "the client did not connect in time");
  } else if (phase_ == Phase::Attached && now_ns - ingress_->last_heard_ns() > limit_ns) {
    // A listener in a silent room sends neither RTP nor, with some stacks, RTCP; but its STUN goes
    // on.
    const std::optional<int64_t> silence_ns = connection_->silence_ns();
    if (silence_ns && *silence_ns < limit_ns) return;
    end(SessionEnd::PeerTimeout, "nothing was heard of the client for too long");
  }
}

void PeerSession::ask_address() {
  connection_->ask_address([weak = weak_from_this()](std::string address) {
    if (const auto self = weak.lock()) self->client_address_ = std::move(address);
  });
}

void PeerSession::set_active(size_t slot, bool active) {
  if (attachment_) attachment_->set_active(slot, active);
}

PeerSessions::PeerSessions(glib::ControlLoop& loop, const Settings& settings, DtlsRelay& relay,
                           const std::vector<WirePort*>& ports, Taps& taps)
    : loop_(loop),
      settings_(settings),
      relay_(relay),
      ports_(ports),
      taps_(taps),
      timer_(loop.every(kWatchMs,
                        [this] {
                          const int64_t now_ns = monotonic_ns();
                          const auto sessions = sessions_;
                          for (const auto& session : sessions) session->watch(now_ns);
                        })),
      makers_("session-make", kMakers),
      unmakers_("session-end", kUnmakers) {}

std::shared_ptr<Session> PeerSessions::open(std::shared_ptr<RoomLanes> room, SessionRequest request,
                                            SessionEvents events) {
  auto session =
      std::make_shared<PeerSession>(*this, std::move(room), std::move(request), std::move(events));
  sessions_.insert(session);
  session->negotiate();
  return session;
}

void PeerSessions::finish(const std::function<void()>& acknowledge) {
  const auto sessions = sessions_;
  for (const auto& session : sessions) session->close();
  while (!sessions_.empty()) {
    acknowledge();
    loop_.iterate(true);
  }
}

}  // namespace veche::media
