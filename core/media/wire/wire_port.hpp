// SPDX-License-Identifier: Apache-2.0
// The wire path's end of a lane: one UDP port for all its sessions.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/counter.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "media/ice/ice_lite.hpp"
#include "media/lane/port.hpp"
#include "media/settings.hpp"
#include "media/wire/dtls_relay.hpp"
#include "media/wire/patience.hpp"
#include "media/wire/udp_socket.hpp"
#include "media/wire/wire_peer.hpp"

namespace veche::media {

/// [any] reads them.
struct WirePortCounters {
  Counter datagrams;          ///< Received.
  Counter silent;             ///< Of these, those that the kernel sorted out.
  Counter unknown_source;     ///< Media or DTLS from an address that has not proved itself.
  Counter no_protocol;        ///< Neither STUN, DTLS, SRTP nor SRTCP.
  Counter handshake_limited;  ///< DTLS datagrams beyond a handshake's needs.
  Counter unproven_routes;    ///< Media returned, because no report proved its new route.
  RtcpCounters rtcp;
};

class WirePort final : public Port {
 public:
  /// [control] One socket for each address, all on the first port of the settings' range that is
  /// free on all of them and not below `first_port`. The relay outlives it.
  static Result<std::unique_ptr<WirePort>> open(const Settings& settings, uint16_t first_port,
                                                DtlsRelay& relay, Clock clock = monotonic_ns);

  /// [any]
  uint16_t port() const noexcept { return sockets_.front()->port(); }
  /// [any] The candidates for an answer: "candidate:..." (RFC 8839 section 5.1).
  const std::vector<std::string>& candidates() const noexcept { return candidates_; }
  /// The kernel separates silence from the rest; otherwise each packet wakes the lane.
  bool splits_silence() const noexcept { return descriptors_.size() == 2 * sockets_.size(); }
  /// [control] The smallest receive buffer of its sockets; UdpSocket::kBufferBytes are wanted.
  int buffer_bytes() const noexcept;
  /// [control] What it sends carries the DSCP of the settings.
  bool is_marked() const noexcept { return is_marked_; }
  /// [any] Datagrams that the kernel dropped before the lane saw them.
  uint64_t kernel_drops() const noexcept;
  const WirePortCounters& counters() const noexcept { return counters_; }
  const IceLite& ice() const noexcept { return ice_; }

  /// [lane] Takes the peer unless there is an error.
  Status add(std::unique_ptr<WirePeer>& peer, IceCredentials credentials);
  /// [lane] See IceLite.
  Status restart_ice(SessionId session, IceCredentials fresh) {
    return ice_.restart(session, std::move(fresh));
  }
  /// [lane] Null if it is unknown.
  std::unique_ptr<WirePeer> remove(SessionId session) noexcept;
  WirePeer* find(SessionId session) noexcept;

  std::span<const int> descriptors() const noexcept override;
  bool receive() noexcept override;
  void flush() noexcept override;
  int64_t receive_due_ns() const noexcept override { return patience_.due_ns(); }
  int64_t tick_due_ns() const noexcept override { return tick_due_ns_; }
  void tick(int64_t now_ns) noexcept override;
  void send(SessionId session, std::span<const uint8_t> datagram) noexcept override;

 private:
  WirePort(std::vector<std::unique_ptr<UdpSocket>> sockets, const Settings& settings,
           const HashKey& key, DtlsRelay& relay, Clock clock);
  using Batch = std::span<const UdpSocket::Datagram>;

  /// `socket`: the one that sends answers.
  void handle(Batch batch, uint16_t socket, int64_t now_ns) noexcept;
  void prefetch(Batch batch, uint16_t socket, int64_t now_ns) noexcept;
  void handle(const UdpSocket::Datagram& datagram, uint16_t socket, int64_t now_ns) noexcept;
  void handle_stun(std::span<const uint8_t> bytes, const CandidatePair& from,
                   int64_t now_ns) noexcept;
  /// Media arrived from there.
  void on_authentic(WirePeer& peer, const CandidatePair& from, int64_t now_ns) noexcept;
  void tick_peers(int64_t now_ns) noexcept;
  void check_route(WirePeer& peer, int64_t now_ns) noexcept;
  /// Media goes where ICE says; no other function chooses a route.
  void take_route(WirePeer& peer, int64_t now_ns) noexcept;

  const std::vector<std::unique_ptr<UdpSocket>> sockets_;
  std::vector<std::unique_ptr<UdpSocket>> silent_;  ///< One for each socket. Null: none.
  Patience patience_;                               ///< With silent packets.
  std::deque<Outbox> outboxes_;                     ///< One for each socket.
  std::vector<int> descriptors_;                    ///< Of all sockets, the silent ones last.
  std::vector<std::string> candidates_;
  bool is_marked_ = true;
  DtlsRelay& relay_;
  const Clock clock_;
  WirePortCounters counters_;
  IceLite ice_;
  std::unordered_map<SessionId, std::unique_ptr<WirePeer>> peers_;
  std::vector<WirePeer*> probing_;  ///< Peers with a probe that may be due before the next tick.
  int64_t tick_due_ns_ = 0;
  int64_t next_peers_ns_ = 0;  ///< For all peers that have received something.
  int64_t next_round_ns_ = 0;  ///< For all peers, including idle ones.
};

}  // namespace veche::media
