// SPDX-License-Identifier: Apache-2.0
// The steps from the offer to flowing packets, and back.
#include "media/wire/wire_connection.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/random_bytes.hpp"
#include "base/time.hpp"
#include "media/peer/negotiation.hpp"
#include "media/wire/srtp_keys.hpp"
#include "sdp/answer.hpp"

namespace veche::media {
namespace {

/// SRTP streams beyond one for each section: for encoders that restart.
constexpr size_t kMoreStreams = 8;

/// RFC 8839 section 5.4 asks for 24 and 128 random bits at least; a character has six.
constexpr size_t kUfragSize = 12, kPasswordSize = 32;

std::string random_ice_string(size_t size) {
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text(size, '\0');
  fill_random(text.data(), size);
  for (char& c : text) c = kCharacters[static_cast<uint8_t>(c) % kCharacters.size()];
  return text;
}

/// Stops the relay's deliveries before it destroys their recipient; both may block.
struct Spare {
  Spare(DtlsRelay& relay_, SessionId session_, std::unique_ptr<glib::WebrtcBin> webrtc_)
      : relay(relay_), session(session_), webrtc(std::move(webrtc_)) {}
  ~Spare() { relay.remove(session); }
  Spare(const Spare&) = delete;
  Spare& operator=(const Spare&) = delete;

  DtlsRelay& relay;
  const SessionId session;
  const std::unique_ptr<glib::WebrtcBin> webrtc;
};

ReportSettings report_settings(const sdp::SessionPlan& plan,
                               const std::vector<rtp::SlotFormat>& slots) {
  ReportSettings settings;
  if (!slots.empty()) {
    settings.ssrc = slots.front().ssrc;
  } else {
    settings.ssrc = random_value<uint32_t>();
  }
  for (const sdp::SectionPlan& section : plan.sections) {
    if (!section.is_used()) continue;
    settings.clock_rate = section.codec.clock_rate;
    if (section.is_track() && settings.transport_cc == 0) {
      settings.transport_cc = section.extensions.transport_cc;
    }
    settings.nack |= section.nack;
  }
  return settings;
}

}  // namespace

WireConnection::WireConnection(SessionId session, Lane& lane, WirePort& port, DtlsRelay& relay,
                               Standby& standby, glib::WebrtcEvents events,
                               std::shared_ptr<Ingress> ingress)
    : session_(session),
      lane_(lane),
      seat_(std::make_shared<Seat>(Seat{session, port, {}, {}, {}})),
      relay_(relay),
      standby_(standby),
      events_(std::move(events)),
      ingress_(std::move(ingress)) {}

WireConnection::~WireConnection() { relay_.remove(session_); }

Result<std::string> WireConnection::negotiate(const sdp::SessionPlan& plan,
                                              const std::vector<rtp::SlotFormat>& slots) {
  Result<StandbyPeer> peer = standby_.take();
  if (!peer) return peer.error();
  agent_ = std::move(peer->agent);
  webrtc_ = std::move(peer->webrtc);
  agent_->serve(seat_->port.candidates(),
                [&lane = lane_, session = session_](std::span<const uint8_t> datagram) {
                  lane.post_datagram(session, datagram);
                });
  webrtc_->serve(std::move(events_));
  relay_.add(session_, agent_);
  Result<std::string> answer = answer_offer(*webrtc_, plan, slots, [] { return Status(Ok{}); });
  if (!answer) return answer.error();
  Result<IceCredentials> credentials = agent_->credentials();
  if (!credentials) return credentials.error();
  seat_->credentials = std::move(*credentials);
  has_slots_ = !slots.empty();
  is_dtls_client_ = sdp::is_dtls_client(*answer);
  seat_->peer = std::make_unique<WirePeer>(session_, ingress_, report_settings(plan, slots), slots);
  return sdp::say_lite(std::move(*answer));
}

void WireConnection::admit(const std::function<void(Status)>& done) {
  peer_ = seat_->peer.get();
  auto status = std::make_shared<Status>(Ok{});
  lane_.post(make_command(
      [seat = seat_, status](Lane&) noexcept {
        *status = seat->port.add(seat->peer, seat->credentials);
      },
      [status, done] { done(*status); }));
}

Status WireConnection::open() {
  Result<WireKeys> keys = take_keys(*webrtc_, sdp::ProfileLimits{}.max_sections + kMoreStreams);
  if (!keys) return keys.error();
  seat_->keys = std::move(*keys);
  return Ok{};
}

void WireConnection::start() {
  lane_.post(make_command([seat = seat_](Lane&) noexcept {
    if (WirePeer* peer = seat->port.find(seat->session)) peer->use_keys(std::move(seat->keys));
  }));
}

/// A DTLS client is done when the server's last flight has arrived: its peer has seen all flights
/// and requests no retransmission (RFC 6347 section 4.2.4). A DTLS server cannot know that its own
/// last flight has arrived, so it must stay.
std::shared_ptr<void> WireConnection::take_spare() {
  if (!is_dtls_client_) return nullptr;
  agent_->fall_silent();
  return std::make_shared<Spare>(relay_, session_, std::move(webrtc_));
}

std::optional<int64_t> WireConnection::silence_ns() const {
  if (!peer_ || peer_->last_heard_ns() == 0) return {};
  return monotonic_ns() - peer_->last_heard_ns();
}

void WireConnection::restart_ice(const std::string& client_ufrag,
                                 const std::function<void(Result<sdp::IceParameters>)>& done) {
  IceCredentials fresh{random_ice_string(kUfragSize), random_ice_string(kPasswordSize),
                       client_ufrag};
  auto status = std::make_shared<Status>(Ok{});
  lane_.post(make_command(
      [seat = seat_, fresh, status](Lane&) mutable noexcept {
        *status = seat->port.restart_ice(seat->session, std::move(fresh));
      },
      [seat = seat_, status, done, ufrag = fresh.local_ufrag, password = fresh.local_password] {
        if (!*status) return done(status->error());
        done(sdp::IceParameters{ufrag, password, seat->port.candidates()});
      }));
}

void WireConnection::ask_address(const std::function<void(std::string)>& tell) {
  const uint32_t number = peer_->route_number();
  if (std::exchange(told_route_, number) == number) return;
  // Control formats the text, because a lane must not allocate.
  auto address = std::make_shared<std::optional<Address>>();
  lane_.post(make_command(
      [seat = seat_, address](Lane&) noexcept {
        WirePeer* peer = seat->port.find(seat->session);
        if (peer && peer->route()) *address = peer->route()->peer;
      },
      [address, tell] {
        if (*address) tell((*address)->text());
      }));
}

void WireConnection::leave(const std::function<void()>& done) {
  lane_.post(make_command(
      [seat = seat_](Lane&) noexcept {
        if (auto peer = seat->port.remove(seat->session)) seat->peer = std::move(peer);
      },
      done));
}

}  // namespace veche::media
