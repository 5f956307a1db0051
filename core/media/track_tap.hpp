// SPDX-License-Identifier: Apache-2.0
// Copies of tracks for a consumer that is not a participant. Plugins implement TrackTap (plugin/).
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "glib/ref.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// The description of a published track.
struct TrackInfo {
  TrackId track;
  sdp::MediaKind kind = sdp::MediaKind::Audio;
  std::string room, participant;  ///< Their names in URLs.
  std::string name;               ///< The participant's, for display, when the track appeared.
  sdp::Codec codec;
  uint32_t ssrc = 0;  ///< 0: not announced.
  sdp::ExtensionIds extensions;
  bool is_encrypted = false;  ///< End to end: its packets can be kept, not decoded.
};

/// A consumer of copies. [control] all of it.
class TrackTap {
 public:
  virtual ~TrackTap() = default;
  /// For the log.
  virtual std::string name() const = 0;
  /// The element that receives the track's packets, with a sink pad "sink". Null: the tap does not
  /// want the track. An error is reported by closed(), too.
  virtual Result<glib::Ref<GstElement>> open(const TrackInfo& track) = 0;
  /// The element is gone. `status`: the reason if the tap failed, else Ok. `dropped`: packets that
  /// arrived while the tap was open and did not reach the element.
  virtual void closed(TrackId track, const Status& status, uint64_t dropped) = 0;
  /// All its taps have been reported, and no further call follows: after TrackTaps::release(), or
  /// because the engine ends.
  virtual void released() = 0;
};

/// The media layer's interface for taps. [control] all of it.
class TrackTaps {
 public:
  virtual ~TrackTaps() = default;
  /// Offers it all existing tracks, and every later one. It lives until released().
  virtual void use(TrackTap& tap) = 0;
  /// Ends its taps; released() follows later, never from within.
  virtual void release(TrackTap& tap) = 0;
  /// Offers it a track that it does not tap. NotFound, or Conflict if it already taps the track.
  virtual Status open(TrackTap& tap, TrackId track) = 0;
  /// Ends its tap of that track; closed() follows later, never from within. NotFound if there is
  /// none.
  virtual Status close(TrackTap& tap, TrackId track) = 0;
};

}  // namespace veche::media
