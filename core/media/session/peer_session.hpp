// SPDX-License-Identifier: Apache-2.0
// A session's life on control, from the offer to the last reference, whatever path its packets
// take.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/workers.hpp"
#include "glib/control_loop.hpp"
#include "glib/webrtc_bin.hpp"
#include "media/engine.hpp"
#include "media/lane/attachment.hpp"
#include "media/lane/ingress.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/session.hpp"
#include "media/session/session_totals.hpp"
#include "media/settings.hpp"
#include "media/tap/taps.hpp"
#include "media/wire/wire_port.hpp"

namespace veche::media {

class PeerSessions;

/// [control] all of it. Tasks on workers and commands on lanes hold a reference until they are
/// done, so it lives as long as anything of it is left, also after its participant has let go of
/// it.
class PeerSession final : public Session, public std::enable_shared_from_this<PeerSession> {
 public:
  PeerSession(PeerSessions& sessions, std::shared_ptr<RoomLanes> room, SessionRequest request,
              SessionEvents events);
  ~PeerSession() override;

  SessionId id() const override { return id_; }
  const std::vector<SessionTrack>& tracks() const override { return tracks_; }
  const std::vector<SessionSlot>& slots() const override { return slots_; }
  SessionStatistics statistics() const override;
  void set_active(size_t slot, bool active) override;
  Status keep_headers(uint32_t seconds) override;
  Result<std::string> headers() override;
  void close() override;

 private:
  friend class PeerSessions;
  enum class Phase { Negotiating = 1, Answered, Opening, Attached, Closing, Closed };

  std::shared_ptr<Ingress> make_ingress();
  TrackInfo track_info(const sdp::SectionPlan& section, TrackId track) const;
  std::unique_ptr<PeerConnection> make_connection(glib::WebrtcEvents events);
  void make_slots();
  void negotiate();
  void on_negotiated(Result<std::string> answer, int64_t begun_ns);
  void on_admitted(Result<std::string> answer);
  void on_peer_state(glib::PeerState state);
  void on_opened(const Status& status);
  /// Ends the session and tells its owner why.
  void end(SessionEnd reason, const std::string& detail);
  void take_down();
  void on_taken_down();
  /// Once a second: is the peer still there?
  void watch(int64_t now_ns);
  /// Where the client is, if that has changed.
  void ask_address();
  /// When the first packets came and went, once each.
  void measure_first_packets();
  /// What goes to the client, or would.
  Path& path_or_none();
  /// Of its path, while control may look at it.
  SessionTotals path_totals() const;
  SessionTotals totals() const;

  PeerSessions& sessions_;
  std::shared_ptr<RoomLanes> room_;
  const SessionRequest request_;
  const PathKind path_;
  SessionEvents events_;
  const SessionId id_ = SessionId::next();
  std::vector<SessionTrack> tracks_;
  std::vector<AttachedTrack> attached_tracks_;
  std::vector<TrackInfo> track_infos_;  // Parallel to attached_tracks_.
  std::vector<SessionSlot> slots_;
  std::vector<rtp::SlotFormat> formats_;
  std::shared_ptr<Ingress> ingress_;  // Shared with whoever brings packets.
  NoPath no_path_;                    // Of a session that only publishes.
  std::unique_ptr<PeerConnection> connection_;
  std::shared_ptr<Attachment> attachment_;
  Phase phase_ = Phase::Negotiating;
  bool spare_is_gone_ = false;    // webrtcbin's events mean nothing any more.
  bool close_requested_ = false;  // While a worker is busy with the session.
  int64_t offered_ns_, begun_ns_ = 0, answered_ns_ = 0, ice_ns_ = 0, connected_ns_ = 0;
  int64_t first_packet_in_ns_ = 0, first_audio_ns_ = 0;
  bool keeps_headers_ = false;
  std::string client_address_;                      // Where media goes to, if the path tells.
  std::optional<SessionTotals> final_path_totals_;  // Once the path is a worker's again.
};

/// All sessions, and the workers that make and unmake them.
class PeerSessions {
 public:
  /// `ports`: of the wire path, by lane; empty: it is not to be had. All outlive it.
  PeerSessions(glib::ControlLoop& loop, const Settings& settings, DtlsRelay& relay,
               const std::vector<WirePort*>& ports, Taps& taps);

  std::shared_ptr<Session> open(std::shared_ptr<RoomLanes> room, SessionRequest request,
                                SessionEvents events);
  /// Of sessions that are attached to their lane from now on; null: none.
  void use_policy(PacketPolicy* policy) { policy_ = policy; }
  bool idle() const { return sessions_.empty(); }
  /// Since the start, of those that have ended too.
  SessionTotals totals() const;
  const JoinTimes& join_times() const { return join_times_; }
  struct States {
    uint64_t negotiating = 0, connecting = 0, connected = 0, closing = 0;
    uint64_t tracks = 0;  ///< Of those that are connected.
  };
  States states() const;
  SessionsInMaking in_making() const;
  /// Those that something is left of.
  size_t count(PathKind path) const;
  /// Closes what is left and runs the loop until it is gone; `acknowledge` takes commands back from
  /// lanes.
  void finish(const std::function<void()>& acknowledge);

 private:
  friend class PeerSession;
  glib::ControlLoop& loop_;
  const Settings& settings_;
  DtlsRelay& relay_;
  const std::vector<WirePort*>& ports_;
  PacketPolicy* policy_ = nullptr;
  Taps& taps_;
  std::set<std::shared_ptr<PeerSession>>
      sessions_;         // Shared with workers and lanes until they are done.
  SessionTotals ended_;  // Of sessions that are gone.
  JoinTimes join_times_;
  glib::Timer timer_;
  // Two queues, so that a burst of joins does not wait behind a burst of leaves and the other way
  // round.
  Workers makers_;
  Workers unmakers_;
};

}  // namespace veche::media
