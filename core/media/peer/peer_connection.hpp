// SPDX-License-Identifier: Apache-2.0
// The network side of one session: a webrtcbin, and the path on which its packets travel.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "media/lane/path.hpp"
#include "media/session.hpp"
#include "rtp/rewriter.hpp"
#include "sdp/ice_fragment.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

class Lane;

/// [any] reads them.
struct SessionQuality {
  std::atomic<int64_t> round_trip_ns{0};  ///< 0: unknown.
  std::atomic<int64_t> jitter_in_ns{0}, jitter_out_ns{0};
  std::atomic<int64_t> lost_in{0}, lost_out{0};  ///< Packets; negative where there were duplicates.
  /// Packets, lost ones included, that the newest reports are about. Written after the lost ones,
  /// so that a reader that takes it first never has a report's packets without its losses.
  std::atomic<int64_t> expected_in{0}, expected_out{0};
};

/// Made on control. Functions for workers are called by one worker at a time, and may block; so is
/// the destructor.
class PeerConnection {
 public:
  virtual ~PeerConnection() = default;

  /// [worker] Answers the plan's offer. `slots`: the format of each slot, in the order of the
  /// plan's slots. Returns the answer for the client, with all candidates.
  virtual Result<std::string> negotiate(const sdp::SessionPlan& plan,
                                        const std::vector<rtp::SlotFormat>& slots) = 0;
  /// [control] After negotiate() and before the client gets the answer: datagrams may arrive from
  /// now on. `done` runs on control.
  virtual void admit(const std::function<void(Status)>& done) { done(Ok{}); }
  /// [worker] The peer's certificate, once DTLS has finished. Empty before.
  virtual std::string peer_certificate() const = 0;
  /// [worker] Once, when the peer is connected and its certificate is the right one.
  virtual Status open() = 0;
  /// [control] After open(), before path() is used: packets flow.
  virtual void start() {}
  /// [control] After start(): what the session no longer needs now that packets flow. The caller
  /// releases it on a worker; from then on webrtcbin's events mean nothing. May be null.
  virtual std::shared_ptr<void> take_spare() { return nullptr; }
  /// [control] The lane that must carry the session; null: any.
  virtual Lane* lane() const { return nullptr; }
  /// [control] After open(). Null if the session has no slot.
  virtual Path* path() const = 0;
  /// [control] After open(): how long ago the last datagram of any kind arrived. Nothing if that is
  /// unknown.
  virtual std::optional<int64_t> silence_ns() const = 0;
  /// [control] What reports say, valid until leave() is done. Null: the path does not know.
  virtual const SessionQuality* quality() const { return nullptr; }
  /// [control] Like quality(): the path to the client, as far as this path knows it.
  virtual LinkStatistics link() const { return {}; }
  /// [control] After admit() and before leave(). An ICE restart: the client's new ufrag; `done`
  /// runs on control, later, with the server's new credentials and candidates. Keys and routes
  /// stay. Unsupported: this path has none.
  virtual void restart_ice(const std::string& /*client_ufrag*/,
                           const std::function<void(Result<sdp::IceParameters>)>& done) {
    done(Error{
        ErrorCode::Unsupported,
        "the pipeline path has no ICE restart: send a new offer, which replaces the session"});
  }
  /// [control] After start() and before leave(). Calls `tell` on control, later, with the address
  /// that media goes to, if that has changed since the last question and the path knows it.
  virtual void ask_address(const std::function<void(std::string)>& tell) { (void)tell; }
  /// [control] No datagram arrives any more when `done` runs on control; afterwards the object is
  /// destroyed.
  virtual void leave(const std::function<void()>& done) { done(); }
};

}  // namespace veche::media
