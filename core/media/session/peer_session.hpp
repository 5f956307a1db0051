// SPDX-License-Identifier: Apache-2.0
// A session on control, from the offer to the last reference, whatever path its packets take: it
// carries out what its life says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "glib/webrtc_bin.hpp"
#include "media/lane/attachment.hpp"
#include "media/lane/ingress.hpp"
#include "media/peer/peer_connection.hpp"
#include "media/session.hpp"
#include "media/session/peer_sessions.hpp"
#include "media/session/session_life.hpp"
#include "media/session/session_totals.hpp"
#include "media/settings.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

/// [control] all of it. Tasks on workers and commands on lanes hold a reference until they are
/// done, so it lives as long as anything of it is left, also after its participant has let go of
/// it.
class PeerSession final : public Session, public std::enable_shared_from_this<PeerSession> {
 public:
  PeerSession(PeerSessions& sessions, std::shared_ptr<RoomLanes> room, SessionRequest request,
              SessionEvents events);
  ~PeerSession() override;

  SessionId id() const override { return id_; }
  const std::vector<SessionTrack>& tracks() const override {
    return publishes_ ? tracks_ : no_tracks_;
  }
  void publish() override;
  const std::vector<SessionSlot>& slots() const override { return slots_; }
  SessionStatistics statistics() const override;
  void set_active(size_t slot, bool active) override;
  void protect(size_t slot, Protection protection) override;
  void report_loss(TrackId track, float part) override;
  void wish(uint32_t bps) override;
  Status keep_headers(uint32_t seconds) override;
  Result<std::string> headers() override;
  void restart_ice(const std::string& client_ufrag,
                   std::function<void(Result<std::string>)> done) override;
  void close() override;

  /// Begins with the answer.
  void begin();
  /// Once a second: is the peer still there?
  void watch(int64_t now_ns);
  SessionPhase phase() const { return life_.phase(); }
  PathKind path() const { return path_; }
  SessionTotals totals() const;

 private:
  std::shared_ptr<Ingress> make_ingress();
  TrackInfo track_info(const sdp::SectionPlan& section, TrackId track) const;
  glib::WebrtcEvents webrtc_events();
  void make_slots();

  void on(const SessionEvent& event, int64_t now_ns);
  /// [any] Tells the session on control of what happens now.
  static void post(glib::ControlLoop& loop, std::weak_ptr<PeerSession> session, SessionEvent event);
  void carry_out(SessionAction action, SessionActions& actions);
  void negotiate();
  /// [worker]
  void make_answer();
  void abandon();
  void admit();
  void open();
  void attach();
  void publish_to_taps();
  void let_spare_go();
  void ask_address();
  void detach();
  void leave();
  void destroy();
  void tell_answer();
  void tell_connected();
  void tell_ended(const SessionActions& actions);

  /// When the first packets came and went, so far.
  FirstPackets first_packets() const;
  /// What goes to the client, or would.
  Path& path_or_none();
  /// Of its path, while control may look at it.
  SessionTotals path_totals() const;

  PeerSessions& sessions_;
  std::shared_ptr<RoomLanes> room_;
  const SessionRequest request_;
  const PathKind path_;
  SessionEvents events_;
  const SessionId id_ = SessionId::next();
  SessionLife life_;
  bool publishes_;  // If not, the tracks below exist, silent, but only here and at ingress.
  const std::vector<SessionTrack> no_tracks_;
  std::vector<SessionTrack> tracks_;
  std::vector<AttachedTrack> attached_tracks_;
  std::vector<TrackInfo> track_infos_;  // Parallel to attached_tracks_.
  std::vector<SessionSlot> slots_;
  std::vector<rtp::SlotFormat> formats_;
  std::shared_ptr<Ingress> ingress_;  // Shared with the thread that brings packets.
  NoPath no_path_;                    // Of a session that only publishes.
  std::optional<LaneSeat> seat_;      // Until the attachment has it.
  std::unique_ptr<PeerConnection> connection_;
  std::shared_ptr<Attachment> attachment_;     // Shared with commands on their way.
  std::optional<Result<std::string>> answer_;  // Until it is told.
  bool keeps_headers_ = false;
  std::string client_address_;                      // Where media goes to, if the path tells.
  std::optional<SessionTotals> final_path_totals_;  // Once the path is a worker's again.
};

}  // namespace veche::media
