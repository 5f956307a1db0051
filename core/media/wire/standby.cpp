// SPDX-License-Identifier: Apache-2.0
// Making webrtcbins ahead, and the negotiation that nobody asked for.
#include "media/wire/standby.hpp"

#include <algorithm>
#include <utility>

#include "media/peer/negotiation.hpp"
#include "rtp/rewriter.hpp"
#include "sdp/profile.hpp"

namespace veche::media {
namespace {

/// A track and a slot. The fingerprint is no certificate's: nothing ever connects.
constexpr char kOffer[] =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\n"
    "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:warm\r\n"
    "a=ice-pwd:warmwarmwarmwarmwarmwarm\r\na=setup:actpass\r\n"
    "a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00:00:00:00:00:00:00:00:00\r\na=ssrc:1 cname:warm\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=recvonly\r\n"
    "a=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=ice-ufrag:warm\r\n"
    "a=ice-pwd:warmwarmwarmwarmwarmwarm\r\na=setup:actpass\r\n"
    "a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
    "00:00:00:00:00:00:00:00:00\r\n";
constexpr char kCandidate[] = "candidate:1 1 UDP 1 127.0.0.1 9 typ host";

Result<StandbyPeer> make_peer() {
  auto agent = IceAgent::create();
  if (!agent) return agent.error();
  auto webrtc = glib::WebrtcBin::create((*agent)->take_object());
  if (!webrtc) return webrtc.error();
  const Status playing = (*webrtc)->play();
  if (!playing) return playing.error();
  return StandbyPeer{std::move(*agent), std::move(*webrtc)};
}

}  // namespace

void Standby::fill() {
  size_t missing = 0;
  {
    const std::lock_guard lock(mutex_);
    is_filled_ = true;
    missing = most_ - std::min(most_, waiting_.size());
  }
  for (size_t i = 0; i < missing; ++i) filler_.run([this] { make_one(); });
}

void Standby::make_one() {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_) return;
  }
  // If it fails, the next session makes its own, and says why it cannot.
  Result<StandbyPeer> peer = make_peer();
  if (!peer) return;
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(*peer));
}

Result<StandbyPeer> Standby::take() {
  std::unique_lock lock(mutex_);
  const bool is_filled = is_filled_;
  StandbyPeer peer;
  while (!waiting_.empty() && !peer.webrtc) {
    peer = std::move(waiting_.back());
    waiting_.pop_back();
    if (peer.webrtc->has_failed()) peer = {};
  }
  lock.unlock();
  if (is_filled) filler_.run([this] { make_one(); });
  return peer.webrtc ? Result<StandbyPeer>(std::move(peer)) : make_peer();
}

size_t Standby::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

Status warm_up(Standby& standby) {
  Result<StandbyPeer> peer = standby.take();
  if (!peer) return peer.error();
  Result<sdp::SessionPlan> plan = sdp::check_offer(kOffer, sdp::ProfileLimits{});
  if (!plan) return plan.error();
  peer->agent->serve({kCandidate}, [](std::span<const uint8_t>) {});
  peer->webrtc->serve({[](glib::PeerState) {}, [](const std::string&) {}, nullptr});
  rtp::SlotFormat slot;
  slot.ssrc = 2;
  const auto answer = answer_offer(*peer->webrtc, *plan, {slot}, [] { return Status(Ok{}); });
  return answer ? Status(Ok{}) : answer.error();
}

}  // namespace veche::media
