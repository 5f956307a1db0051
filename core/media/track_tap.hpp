// SPDX-License-Identifier: Apache-2.0
// Copies of tracks for somebody who is not a participant. Plugins implement TrackTap (plugin/).
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "glib/ref.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// What a published track is.
struct TrackInfo {
  TrackId track;
  sdp::MediaKind kind = sdp::MediaKind::Audio;
  std::string room, participant;  ///< Their names in URLs.
  std::string name;               ///< The participant's, for people, when the track appeared.
  sdp::Codec codec;
  uint32_t ssrc = 0;  ///< 0: not announced.
  sdp::ExtensionIds extensions;
};

/// Somebody who takes copies. [control] all of it.
class TrackTap {
 public:
  virtual ~TrackTap() = default;
  /// For the log.
  virtual std::string name() const = 0;
  /// What the packets of this track go into: an element with a sink pad "sink". Null: the track is
  /// not wanted. An error is reported by closed(), too.
  virtual Result<glib::Ref<GstElement>> open(const TrackInfo& track) = 0;
  /// The element is gone. `status`: why the tap failed, else Ok. `dropped`: packets that came while
  /// the tap was open and did not reach the element.
  virtual void closed(TrackId track, const Status& status, uint64_t dropped) = 0;
  /// All its taps have been reported, and it is not called any more: after TrackTaps::release(), or
  /// because the engine ends.
  virtual void released() = 0;
};

/// What the media layer does for those who tap. [control] all of it.
class TrackTaps {
 public:
  virtual ~TrackTaps() = default;
  /// Offers it all tracks that are there, and every further one. It lives until released().
  virtual void use(TrackTap& tap) = 0;
  /// Ends its taps; released() follows later, never from within.
  virtual void release(TrackTap& tap) = 0;
  /// Offers it a track that it does not tap. NotFound, or Conflict if it taps it already.
  virtual Status open(TrackTap& tap, TrackId track) = 0;
  /// Ends its tap of that track; closed() follows later, never from within. NotFound if there is
  /// none.
  virtual Status close(TrackTap& tap, TrackId track) = 0;
};

}  // namespace veche::media
