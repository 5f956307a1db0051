// SPDX-License-Identifier: Apache-2.0
// What control decides about the slots and tracks of a running session.
#include <algorithm>
#include <cassert>

#include "base/thread_role.hpp"
#include "media/session/peer_session.hpp"

namespace veche::media {

void PeerSession::set_active(size_t slot, bool active) {
  assert(is_on_control());
  if (attachment_) attachment_->set_active(slot, active);
}

void PeerSession::protect(size_t slot, Protection protection) {
  assert(is_on_control());
  if (attachment_) attachment_->protect(slot, protection);
}

void PeerSession::report_loss(TrackId track, float part) {
  assert(is_on_control());
  constexpr float kWhole = 65536;
  // Not a number is 0.
  const auto asked = static_cast<uint32_t>(std::min(std::max(0.0f, part), 1.0f) * kWhole);
  for (const AttachedTrack& each : attached_tracks_) {
    if (each.feed->id == track) each.feed->asked_loss.store(asked, std::memory_order_relaxed);
  }
}

void PeerSession::wish(uint32_t bps) {
  assert(is_on_control());
  if (attachment_) attachment_->wish(bps);
}

}  // namespace veche::media
