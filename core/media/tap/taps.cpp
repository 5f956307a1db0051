// SPDX-License-Identifier: Apache-2.0
// Offers tracks, and reports the end of their taps.
#include "media/tap/taps.hpp"

#include <algorithm>
#include <cassert>

#include "base/log.hpp"

namespace veche::media {

Taps::~Taps() { assert(taps_.empty() && users_.empty() && leaving_.empty()); }

bool Taps::uses(const TrackTap& tap) const {
  return std::find(users_.begin(), users_.end(), &tap) != users_.end();
}

void Taps::use(TrackTap& tap) {
  if (!feeder_) feeder_ = std::make_unique<TapFeeder>();
  users_.push_back(&tap);
  std::vector<TrackId> tracks;
  for (const auto& [id, track] : tracks_) tracks.push_back(id);
  for (const TrackId id : tracks) offer(tap, id);
}

void Taps::release(TrackTap& tap) {
  if (!uses(tap)) return;
  std::erase(users_, &tap);
  leaving_.push_back(&tap);
  end_taps_of(tap);
  post_released();
}

void Taps::end_taps_of(const TrackTap& tap) {
  for (const auto& [key, open] : taps_) {
    if (key.first == &tap) open->end();
  }
}

Status Taps::open(TrackTap& tap, TrackId track) {
  if (!uses(tap) || !tracks_.contains(track)) return not_found("there is no such track");
  if (taps_.contains({&tap, track})) return Error{ErrorCode::Conflict, "it is tapped already"};
  offer(tap, track);
  return Ok{};
}

Status Taps::close(TrackTap& tap, TrackId track) {
  const auto found = taps_.find({&tap, track});
  if (found == taps_.end()) return not_found("the track is not tapped");
  found->second->end();
  return Ok{};
}

/// The plugin may open, close and leave within this call.
void Taps::offer(TrackTap& tap, TrackId track) {
  const auto found = tracks_.find(track);
  const Key key{&tap, track};
  if (!uses(tap) || found == tracks_.end() || taps_.contains(key)) return;
  const Track offered = found->second;
  Result<glib::Ref<GstElement>> element = tap.open(offered.info);
  if (element && !*element) return;
  auto gone = [this, key, feed = offered.feed](const Status& status, uint64_t dropped) {
    on_gone(key, feed, status, dropped);
  };
  const std::shared_ptr<Tap> opened =
      Tap::open(loop_, *feeder_, offered.info, offered.feed, std::move(element), std::move(gone));
  taps_.emplace(key, opened);
  // Now that the feeder expects the packets.
  offered.feed->tap.store(&feeder_->inbox(), std::memory_order_release);
  if (!uses(tap)) opened->end();
}

void Taps::on_gone(const Key& key, const std::shared_ptr<TrackFeed>& feed, const Status& status,
                   uint64_t dropped) {
  taps_.erase(key);
  const bool is_last = std::none_of(taps_.begin(), taps_.end(), [&](const auto& other) {
    return other.first.second == key.second;
  });
  if (is_last) feed->tap.store(nullptr, std::memory_order_relaxed);
  if (!status) {
    const auto track = tracks_.find(key.second);
    const TrackInfo info = track == tracks_.end() ? TrackInfo{} : track->second.info;
    log::warning("media",
                 key.first->name() + ": the tap of track " + std::to_string(key.second.value) +
                     " has failed: " + status.error().message,
                 {info.room, info.participant, {}});
  }
  key.first->closed(key.second, status, dropped);
  post_released();
}

void Taps::publish(const TrackInfo& info, std::shared_ptr<TrackFeed> feed) {
  tracks_.emplace(info.track, Track{info, std::move(feed)});
  const std::vector<TrackTap*> users = users_;
  for (TrackTap* tap : users) offer(*tap, info.track);
}

void Taps::unpublish(TrackId track) {
  tracks_.erase(track);
  for (const auto& [key, tap] : taps_) {
    if (key.second == track) tap->end();
  }
}

void Taps::post_released() {
  if (leaving_.empty()) return;
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) tell_released();
  });
}

void Taps::tell_released() {
  std::vector<TrackTap*> released;
  for (TrackTap* tap : leaving_) {
    const bool has_taps = std::any_of(taps_.begin(), taps_.end(),
                                      [&](const auto& open) { return open.first.first == tap; });
    if (!has_taps) released.push_back(tap);
  }
  for (TrackTap* tap : released) std::erase(leaving_, tap);
  for (TrackTap* tap : released) tap->released();
}

void Taps::finish() {
  const std::vector<TrackTap*> users = users_;
  for (TrackTap* tap : users) release(*tap);
  while (!taps_.empty() || !leaving_.empty()) loop_.iterate(true);
}

}  // namespace veche::media
