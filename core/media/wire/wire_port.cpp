// SPDX-License-Identifier: Apache-2.0
// Opens a port, and demultiplexes its datagrams (RFC 7983).
#include "media/wire/wire_port.hpp"

#include <algorithm>
#include <utility>

#include "base/time.hpp"
#include "media/ice/datagram.hpp"
#include "media/wire/candidates.hpp"

namespace veche::media {
namespace {

/// The interval of checks on sessions from which nothing arrives.
constexpr int64_t kRoundNs = 250 * kNsPerMs;
/// Handling fewer packets takes less time than a prefetch pass over them.
constexpr size_t kWorthPrefetching = 3;

}  // namespace

Result<std::unique_ptr<WirePort>> WirePort::open(const Settings& settings, uint16_t first_port,
                                                 DtlsRelay& relay, Clock clock) {
  const Result<std::vector<std::string>> addresses = usable_addresses(settings.addresses);
  if (!addresses) return addresses.error();
  const Result<HashKey> key = HashKey::random();
  if (!key) return key.error();
  for (uint32_t port = first_port; port <= settings.last_port; ++port) {
    std::vector<std::unique_ptr<UdpSocket>> sockets;
    for (const std::string& address : *addresses) {
      Result<std::unique_ptr<UdpSocket>> made =
          UdpSocket::bind(address, static_cast<uint16_t>(port));
      if (made) {
        sockets.push_back(std::move(*made));
      } else if (made.error().code == ErrorCode::Unavailable) {
        break;  // The next port may be free.
      } else {
        return made.error();
      }
    }
    if (sockets.size() < addresses->size()) continue;
    return std::unique_ptr<WirePort>(
        new WirePort(std::move(sockets), settings, *key, relay, clock));
  }
  return Error{ErrorCode::Unavailable, "no UDP port from " + std::to_string(first_port) + " to " +
                                           std::to_string(settings.last_port) +
                                           " is free: widen media.ports, one for each lane"};
}

WirePort::WirePort(std::vector<std::unique_ptr<UdpSocket>> sockets, const Settings& settings,
                   const HashKey& key, DtlsRelay& relay, Clock clock)
    : sockets_(std::move(sockets)), relay_(relay), clock_(clock), ice_(key) {
  std::vector<std::string> addresses;
  for (const auto& socket : sockets_) {
    outboxes_.emplace_back(*socket);
    descriptors_.push_back(socket->descriptor());
    addresses.push_back(socket->address());
    silent_.push_back(socket->split_silence());
    is_marked_ &= settings.dscp == 0 || socket->mark(settings.dscp);
  }
  for (const auto& silent : silent_) {
    if (silent) descriptors_.push_back(silent->descriptor());
  }
  candidates_ = host_candidates(addresses, settings.external_addresses, port());
}

int WirePort::buffer_bytes() const noexcept {
  int smallest = UdpSocket::kBufferBytes;
  for (const auto& socket : sockets_) smallest = std::min(smallest, socket->buffer_bytes());
  return smallest;
}

uint64_t WirePort::kernel_drops() const noexcept {
  uint64_t drops = 0;
  for (const auto& socket : sockets_) drops += socket->kernel_drops();
  for (const auto& silent : silent_) drops += silent ? silent->kernel_drops() : 0;
  return drops;
}

Status WirePort::add(std::unique_ptr<WirePeer>& peer, IceCredentials credentials) {
  const SessionId id = peer->id();
  const Status added = ice_.add(id, std::move(credentials));
  if (!added) return added.error();
  peer->count_in(counters_.rtcp);
  peers_[id] = std::move(peer);
  probing_.reserve(peers_.size());
  return Ok{};
}

std::unique_ptr<WirePeer> WirePort::remove(SessionId session) noexcept {
  ice_.remove(session);
  const auto found = peers_.find(session);
  if (found == peers_.end()) return nullptr;
  std::unique_ptr<WirePeer> peer = std::move(found->second);
  std::erase(probing_, peer.get());
  peers_.erase(found);
  return peer;
}

WirePeer* WirePort::find(SessionId session) noexcept {
  const auto found = peers_.find(session);
  return found == peers_.end() ? nullptr : found->second.get();
}

std::span<const int> WirePort::descriptors() const noexcept {
  return std::span(descriptors_)
      .first(patience_.is_patient() ? sockets_.size() : descriptors_.size());
}

bool WirePort::receive() noexcept {
  bool more = false;
  size_t silent_count = 0;
  for (size_t i = 0; i < sockets_.size(); ++i) {
    // Read last and handled first: silence precedes the speech that ends it.
    const Batch other = sockets_[i]->receive();
    const Batch silent = silent_[i] ? silent_[i]->receive() : Batch();
    const int64_t now_ns = clock_();
    handle(silent, static_cast<uint16_t>(i), now_ns);
    handle(other, static_cast<uint16_t>(i), now_ns);
    more |= silent.size() == UdpSocket::kBatch || other.size() == UdpSocket::kBatch;
    silent_count += silent.size();
  }
  counters_.silent.add(silent_count);
  patience_.looked(silent_count, clock_());
  return more;
}

void WirePort::handle(Batch batch, uint16_t socket, int64_t now_ns) noexcept {
  prefetch(batch, socket, now_ns);
  for (const UdpSocket::Datagram& datagram : batch) handle(datagram, socket, now_ns);
}

/// Each packet of a batch belongs to another session, and those are not in the cache.
void WirePort::prefetch(Batch batch, uint16_t socket, int64_t now_ns) noexcept {
  if (batch.size() < kWorthPrefetching) return;
  std::array<const WirePeer*, UdpSocket::kBatch> peers;
  size_t count = 0;
  for (const UdpSocket::Datagram& datagram : batch) {
    const std::optional<SessionId> session = ice_.find({datagram.from, socket}, now_ns);
    if (const WirePeer* peer = session ? find(*session) : nullptr) peers[count++] = peer;
  }
  for (int depth = 0; depth < WirePeer::kReceiveDepth; ++depth) {
    for (size_t i = 0; i < count; ++i) peers[i]->prefetch_received(depth);
  }
}

void WirePort::handle(const UdpSocket::Datagram& datagram, uint16_t socket,
                      int64_t now_ns) noexcept {
  counters_.datagrams.add();
  const CandidatePair from{datagram.from, socket};
  const DatagramKind kind = classify(datagram.bytes);
  if (kind == DatagramKind::Stun) {
    handle_stun(datagram.bytes, from, now_ns);
    return;
  }
  if (kind == DatagramKind::Other) {
    counters_.no_protocol.add();
    return;
  }
  const std::optional<SessionId> session = ice_.find(from, now_ns);
  WirePeer* peer = session ? find(*session) : nullptr;
  if (!peer) {
    counters_.unknown_source.add();
  } else if (kind == DatagramKind::Srtp || kind == DatagramKind::Srtcp) {
    const bool authentic = kind == DatagramKind::Srtp
                               ? peer->receive_rtp(datagram.bytes, now_ns - datagram.age_ns, now_ns)
                               : peer->receive_rtcp(datagram.bytes, now_ns);
    if (authentic) on_authentic(*peer, from, now_ns);
  } else if (peer->may_shake_hands(now_ns)) {
    relay_.post(*session, datagram.bytes);
  } else {
    counters_.handshake_limited.add();
  }
}

void WirePort::on_authentic(WirePeer& peer, const CandidatePair& from, int64_t now_ns) noexcept {
  if (peer.should_follow(from, now_ns) && ice_.follow(from, now_ns)) take_route(peer, now_ns);
  if (peer.should_refresh(now_ns)) ice_.heard(from, now_ns);
}

void WirePort::handle_stun(std::span<const uint8_t> bytes, const CandidatePair& from,
                           int64_t now_ns) noexcept {
  std::array<uint8_t, IceLite::kMaxReplySize> reply;
  const IceOutcome outcome = ice_.handle(bytes, from, now_ns, reply);
  if (outcome.reply_size > 0) {
    // A reply that the kernel refuses is lost as in the network: the client asks again.
    static_cast<void>(sockets_[from.socket]->send({reply.data(), outcome.reply_size}, from.peer));
  }
  WirePeer* peer = outcome.verdict == IceVerdict::Accepted ? find(outcome.session) : nullptr;
  if (!peer) return;
  peer->heard(now_ns);
  if (!outcome.change.nominated && !outcome.change.moved) return;
  take_route(*peer, now_ns);
  if (outcome.change.nominated) relay_.post_connected(outcome.session);
}

void WirePort::flush() noexcept {
  for (Outbox& outbox : outboxes_) outbox.flush();
}

void WirePort::tick(int64_t now_ns) noexcept {
  if (probing_.empty() || now_ns >= next_peers_ns_) tick_peers(now_ns);
  for (WirePeer* peer : probing_) peer->probe(now_ns);
  tick_due_ns_ = next_peers_ns_;
  if (!probing_.empty()) tick_due_ns_ = std::min(tick_due_ns_, now_ns + Link::kProbeStepNs);
}

void WirePort::tick_peers(int64_t now_ns) noexcept {
  const bool round = now_ns >= next_round_ns_;
  if (round) next_round_ns_ = now_ns + kRoundNs;
  next_peers_ns_ = now_ns + (peers_.empty() ? kNsPerS : Reports::kTickNs);
  probing_.clear();
  for (const auto& [id, peer] : peers_) {
    if (round) check_route(*peer, now_ns);
    if (round || peer->has_received()) peer->tick(now_ns);
    if (peer->probe_due_ns(now_ns) < next_peers_ns_) probing_.push_back(peer.get());
  }
}

void WirePort::check_route(WirePeer& peer, int64_t now_ns) noexcept {
  switch (peer.route_verdict(now_ns)) {
    case RouteProof::Verdict::Open: break;
    case RouteProof::Verdict::Proven: ice_.prove(peer.id()); break;
    case RouteProof::Verdict::Failed:
      ice_.distrust(peer.id(), now_ns);
      counters_.unproven_routes.add();
      break;
  }
  // Another session may have taken over the pair.
  take_route(peer, now_ns);
}

void WirePort::take_route(WirePeer& peer, int64_t now_ns) noexcept {
  const CandidatePair* selected = ice_.selected(peer.id());
  const CandidatePair* route = peer.route();
  if (!selected) {
    peer.stop_sending();
  } else if (!route || *route != *selected) {
    peer.send_to(outboxes_[selected->socket], *selected, ice_.is_proven(peer.id()), now_ns);
  }
}

void WirePort::send(SessionId session, std::span<const uint8_t> datagram) noexcept {
  if (WirePeer* peer = find(session)) peer->send_raw(datagram);
}

}  // namespace veche::media
