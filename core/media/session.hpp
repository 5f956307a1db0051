// SPDX-License-Identifier: Apache-2.0
// One PeerConnection on control, independent of the path of its packets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "media/settings.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

class Room;

/// Why the media layer ended a session.
enum class SessionEnd {
  PeerTimeout = 1,
  BadFingerprint,
  PolicyViolation,
  MediaError,
};

/// The path to the client, as its feedback tells it.
struct LinkStatistics {
  enum class Source {
    Unknown,
    Reports,   ///< Receiver reports: loss, jitter, round trip.
    Feedback,  ///< Transport-wide feedback: capacity and queueing delay besides.
  };
  Source source = Source::Unknown;
  /// More than capacity_bps was sent, and did not fit; otherwise it may carry more.
  bool is_limit = false;
  uint32_t capacity_bps = 0;  ///< What it has proven to carry, with all headers; 0: not known.
  uint32_t queue_us = 0;      ///< Queueing delay above the lowest of 30 s.
  uint32_t burst = 0;         ///< Mean number of packets lost in a row, in 1/16; 0: none was lost.
  float loss = 0;             ///< 0 to 1, of the newest seconds.
  float loss_floor = 0;       ///< The part of it that is no congestion.

  friend bool operator==(const LinkStatistics&, const LinkStatistics&) = default;
};

/// What one slot sends and one track receives; counters only grow.
struct SlotStatistics {
  int64_t lost = 0, expected = 0;  ///< Packets, by the client's reports about this slot.
  uint64_t redundant_bytes = 0;    ///< Of what it sent: repeated by the server.
  uint64_t retransmitted_packets = 0;
};
struct TrackStatistics {
  uint64_t packets = 0, bytes = 0;  ///< Received; bytes of payload.
  int64_t lost = 0, expected = 0;   ///< Packets on the way to the server.
};

struct SessionStatistics {
  uint64_t packets_received = 0, bytes_received = 0;
  uint64_t packets_sent = 0, bytes_sent = 0;
  std::vector<uint64_t> slot_bytes_sent;  ///< By slot.
  uint64_t packets_unwanted = 0;          ///< Received while no slot or tap wanted them.
  /// Refused packets: unknown SSRC, wrong payload type, not RTP, before verification, of an SSRC
  /// that another has replaced.
  uint64_t packets_dropped = 0;
  uint64_t packets_limited = 0;                 ///< Beyond what a track may send.
  std::vector<uint64_t> track_packets_limited;  ///< Of these, by track.
  uint64_t send_failures = 0;
  double negotiation_ms = 0;  ///< From the offer to the answer.
  double wait_ms = 0;         ///< The part of negotiation_ms before a worker began.
  std::string path;           ///< "pipeline" or "wire".
  double round_trip_ms = 0;   ///< 0: unknown.
  double jitter_in_ms = 0, jitter_out_ms = 0;
  int64_t lost_in = 0, lost_out = 0;  ///< Packets, by reports; negative where duplicates arrived.
  /// The packets that these are a part of: those of the reports, which are seconds apart.
  int64_t expected_in = 0, expected_out = 0;
  double connect_ms = 0;  ///< From the answer to the verified DTLS connection; 0 until then.
  double ice_ms = 0;      ///< From the answer until ICE was connected; 0 until then.
  double first_packet_in_ms = 0;   ///< From the connection to the client's first packet.
  double first_packet_out_ms = 0;  ///< From the connection to the first packet for the client.
  std::string client_address;      ///< Where the server sends its media; empty: unknown.
  /// From the offer to the first packet for the client, if a participant was already talking; else
  /// 0.
  double first_audio_ms = 0;
  LinkStatistics link;
  std::vector<SlotStatistics> slots;    ///< By slot.
  std::vector<TrackStatistics> tracks;  ///< By track.
  float lane_load = 0;                  ///< 0 to 1: busy time of the session's lane.
};

struct SessionTrack {
  TrackId track;
  std::string mid;
  sdp::MediaKind kind;
  bool is_redundant = false;  ///< The client may send redundant audio (RFC 2198) on it.
};
struct SessionSlot {
  std::string mid;
  sdp::MediaKind kind;
  bool can_repeat = false;  ///< The client accepts redundant audio.
  bool can_resend = false;  ///< The client may ask for lost packets, and the path can resend them.
};

/// How a slot's packets are protected against loss.
struct Protection {
  static constexpr uint8_t kMostRepeated = 2;
  /// What the publisher repeats: its packets as they are.
  static constexpr uint8_t kAsPublished = 0xff;

  /// Packets before it that each packet repeats, at most kMostRepeated. 0: none, not even what the
  /// publisher repeats.
  uint8_t repeated = kAsPublished;
  bool resends = true;  ///< Where the client asks.

  friend bool operator==(const Protection&, const Protection&) = default;
};

/// All called on control, none after close().
struct SessionEvents {
  /// The answer's SDP, or the error if there is none (the session ended).
  std::function<void(Result<std::string>)> answered;
  /// DTLS is up, the fingerprint matches, media flows.
  std::function<void()> connected;
  /// At most once, only after an answer.
  std::function<void(SessionEnd, const std::string& detail)> ended;
};

/// The parameters of a session. The lane applies the participant's limits.
struct SessionRequest {
  sdp::SessionPlan plan;
  ParticipantId participant;
  uint32_t source_number = 0;
  std::string room_name, participant_name;  ///< As in URLs; for taps.
  std::string display_name;                 ///< The participant's, for display; for taps.
  /// End to end: the server forwards its payloads as they are, and sends it those of others.
  bool is_encrypted = false;
  bool publish_audio = true;  ///< False: its tracks appear with Session::publish() at the earliest.
  TrackRates audio_rates;     ///< What each of its tracks may send.
  std::optional<PathKind> path;  ///< Nothing: the server's default.
};

/// [control] all of it.
class Session {
 public:
  virtual ~Session() = default;
  virtual SessionId id() const = 0;
  virtual const std::vector<SessionTrack>& tracks() const = 0;
  virtual const std::vector<SessionSlot>& slots() const = 0;
  /// The participant may publish from now on. No effect if it might before.
  virtual void publish() = 0;
  virtual SessionStatistics statistics() const = 0;
  /// An inactive slot sends nothing, even if a track fills it. All are active at first.
  virtual void set_active(size_t slot, bool active) = 0;
  /// Stays when the slot gets another track. No effect where the slot cannot: see SessionSlot.
  /// Encrypted tracks are sent as they are published.
  virtual void protect(size_t slot, Protection protection) = 0;
  /// The loss, 0 to 1, that the publisher's encoder should prepare for: receiver reports about the
  /// track say this if it is more than what was lost on the way here. 0: only the latter.
  virtual void report_loss(TrackId track, float part) = 0;
  /// The rate in bit/s that the session would use next: the path to the client is probed for it.
  /// 0: nothing is probed.
  virtual void wish(uint32_t bps) = 0;
  /// Records the headers of packets in both directions for this many seconds, the last
  /// rtp::HeaderRing::kPackets of each; RTCP on the wire path only. 0 stops, and drops the recorded
  /// headers. Conflict if the session is not connected.
  virtual Status keep_headers(uint32_t seconds) = 0;
  /// The recorded headers as a file: see rtp/pcapng.hpp. NotFound if nothing was recorded.
  virtual Result<std::string> headers() = 0;
  /// An ICE restart with the client's new ufrag; `done` runs on control, later, with the server's
  /// answer for the client, an SDP fragment (RFC 9725 section 4.3.3). Media goes on meanwhile.
  /// Unsupported: its path has none. Conflict: it has no answer yet, or ends.
  virtual void restart_ice(const std::string& /*client_ufrag*/,
                           std::function<void(Result<std::string>)> done) {
    std::exchange(done, nullptr)(Error{ErrorCode::Unsupported, "this session has no ICE restart"});
  }
  /// Ends the session and returns at once; lane, pipeline and memory are released in the
  /// background.
  virtual void close() = 0;
};

}  // namespace veche::media
