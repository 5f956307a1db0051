// SPDX-License-Identifier: Apache-2.0
// Decrypts received packets and encrypts sent ones, in place.
#include "media/wire/wire_peer.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/prefetch.hpp"

namespace veche::media {
namespace {

constexpr size_t kTrailer = rtp::SrtpSender::kMaxTrailer;
/// Longer than reordering between two routes takes, or a pause between two packets of speech.
constexpr int64_t kRouteSilenceNs = 500 * kNsPerMs;
/// A handshake takes some 20 datagrams, several times that under loss.
constexpr TokenRate kHandshakeRate{.interval_ns = 20 * kNsPerMs, .burst = 100};
constexpr size_t kUdpIpv4Size = 8 + 20, kUdpIpv6Size = 8 + 40;
/// In a row, if the lane is late.
constexpr int kMostProbes = 8;

}  // namespace

WirePeer::WirePeer(SessionId id, std::shared_ptr<Ingress> ingress, const ReportSettings& reports,
                   const std::vector<rtp::SlotFormat>& slots, int64_t now_ns)
    : Path(slots.size()),
      id_(id),
      ingress_(std::move(ingress)),
      reports_(reports, slots, now_ns, slot_counters) {
  reports_.find_tracks([tracks = ingress_.get()](uint32_t ssrc) { return tracks->feed_of(ssrc); });
}

void WirePeer::send_to(Outbox& outbox, const CandidatePair& route, bool is_proven,
                       int64_t now_ns) noexcept {
  outbox_ = &outbox;
  if (route_ != route) {
    route_number_.fetch_add(1, std::memory_order_relaxed);
    reports_.link().on_moved();
  }
  route_ = route;
  network_size_ = route.peer.is_ipv4() ? kUdpIpv4Size : kUdpIpv6Size;
  route_heard_ns_ = now_ns;
  if (is_proven) {
    reports_.on_settled();
  } else {
    reports_.on_moved(packets.value(), now_ns);
  }
}

bool WirePeer::should_follow(const CandidatePair& from, int64_t now_ns) noexcept {
  if (outbox_ && route_ == from) {
    route_heard_ns_ = now_ns;
    return false;
  }
  return outbox_ && now_ns - route_heard_ns_ > kRouteSilenceNs;
}

bool WirePeer::should_refresh(int64_t now_ns) noexcept {
  if (now_ns - refreshed_ns_ < kNsPerS) return false;
  refreshed_ns_ = now_ns;
  return true;
}

bool WirePeer::receive_rtp(std::span<uint8_t> datagram, int64_t arrival_ns,
                           int64_t now_ns) noexcept {
  const size_t size = keys_.receiver ? keys_.receiver->unprotect_rtp(datagram) : 0;
  const auto packet = rtp::PacketView::parse(datagram.first(size));
  if (!packet) {
    refuse(size);
    return false;
  }
  heard(arrival_ns);
  if (ingress_->handle(*packet, reports_.times(*packet, arrival_ns), now_ns)) {
    reports_.on_received(*packet, arrival_ns);
    has_received_ = true;
  }
  return true;
}

void WirePeer::refuse(size_t opened_size) noexcept {
  if (!keys_.receiver) {
    ingress_->unverified.add();
  } else if (opened_size == 0) {
    ingress_->unauthentic.add();
  } else {
    ingress_->malformed.add();
  }
}

bool WirePeer::receive_rtcp(std::span<uint8_t> datagram, int64_t now_ns) noexcept {
  const size_t size = keys_.receiver ? keys_.receiver->unprotect_rtcp(datagram) : 0;
  if (size == 0) {
    refuse(size);
    return false;
  }
  heard(now_ns);
  ingress_->headers.rtcp(datagram.first(size), now_ns);
  reports_.on_rtcp(datagram.first(size), now_ns, [this, now_ns](std::span<const uint8_t> packet) {
    headers.rtp(packet, now_ns);
    if (send_raw(packet)) {
      reports_.link().on_resent(packet, packet.size() + network_size_, now_ns);
    }
  });
  return true;
}

bool WirePeer::may_shake_hands(int64_t now_ns) noexcept {
  if (!handshake_.has_token(kHandshakeRate, now_ns)) return false;
  handshake_.take(kHandshakeRate, now_ns);
  return true;
}

bool WirePeer::send_raw(std::span<const uint8_t> datagram) noexcept {
  return outbox_ && outbox_->socket().send(datagram, route_.peer);
}

void WirePeer::tick(int64_t now_ns) noexcept {
  has_received_ = false;
  reports_.link().tick(now_ns);
  if (!keys_.sender) return;
  std::array<uint8_t, Reports::kMaxSize + kTrailer> memory;
  const size_t size = reports_.write(now_ns, std::span(memory).first(Reports::kMaxSize)).size();
  if (size == 0) return;
  headers.rtcp(std::span(memory).first(size), now_ns);
  const size_t sealed = keys_.sender->protect_rtcp(memory, size);
  if (sealed != 0) send_raw(std::span(memory).first(sealed));
}

int64_t WirePeer::probe_due_ns(int64_t now_ns) const noexcept {
  // Nothing but the client's reports may draw media, and so a probe, to a new address.
  const bool may_probe = padding_ && outbox_ && keys_.sender && packets.value() > 0 &&
                         route_verdict(now_ns) == RouteProof::Verdict::Proven;
  return may_probe ? reports_.link().probe_due_ns() : std::numeric_limits<int64_t>::max();
}

void WirePeer::probe(int64_t now_ns) noexcept {
  for (int i = 0; i < kMostProbes && probe_due_ns(now_ns) <= now_ns; ++i) {
    const std::optional<rtp::ProbePacket> order = reports_.link().probe(now_ns);
    if (!order || !send_padding(*order, now_ns)) return;
  }
}

/// Padding is no media: it does not count as what was sent to the listener.
bool WirePeer::send_padding(const rtp::ProbePacket& order, int64_t now_ns) noexcept {
  std::array<uint8_t, rtp::Prober::kMaxSize + kTrailer> memory;
  const size_t wanted = std::min<size_t>(order.size, rtp::Prober::kMaxSize);
  const auto padding = padding_->write_padding(
      newest_slot_, std::span(memory).first(wanted - std::min(wanted, overhead())));
  if (!padding) return false;
  const size_t size = padding->bytes().size();
  reports_.link().on_sent(std::span(memory).first(size), size + overhead(), now_ns, order.cluster);
  headers.rtp(padding->bytes(), now_ns);
  const size_t sealed = keys_.sender->protect_rtp(memory, size);
  if (sealed == 0 || !send_raw(std::span(memory).first(sealed))) return false;
  reports_.on_probe(newest_slot_, padding->sequence());
  return true;
}

void WirePeer::prefetch(size_t slot, int depth) const noexcept {
  if (depth == 0) {
    veche::prefetch(this, sizeof(WirePeer) - sizeof(Reports));
  } else if (depth == 1) {
    veche::prefetch(slot_bytes.data());
    veche::prefetch(keys_.sender.get());
    reports_.prefetch(slot);
  } else if (keys_.sender) {
    keys_.sender->prefetch(depth - 2);
  }
}

void WirePeer::prefetch_received(int depth) const noexcept {
  if (depth == 0) {
    veche::prefetch(this, sizeof(WirePeer) - sizeof(Reports));
    reports_.prefetch_received(0);
  } else if (depth == 1) {
    veche::prefetch(keys_.receiver.get());
    veche::prefetch(ingress_.get());
    reports_.prefetch_received(1);
  } else if (keys_.receiver) {
    keys_.receiver->prefetch(depth - 2);
    ingress_->prefetch(depth - 2);
  }
}

std::span<uint8_t> WirePeer::begin(size_t size) noexcept {
  memory_ = outbox_ && keys_.sender ? outbox_->begin() : std::span<uint8_t>();
  if (size + kTrailer <= memory_.size()) return memory_.first(size);
  failures.add();
  return {};
}

void WirePeer::send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
                    int64_t now_ns) noexcept {
  const size_t size = packet.bytes().size();
  reports_.link().on_sent(memory_.first(size), size + overhead(), now_ns);
  headers.rtp(packet.bytes(), now_ns);
  const size_t sealed = keys_.sender->protect_rtp(memory_, size);
  if (sealed == 0) {
    failures.add();
    return;
  }
  trailer_size_ = sealed - size;
  newest_slot_ = slot;
  outbox_->put(sealed, route_.peer, *this, size, slot);
  reports_.on_sent(slot, packet, memory_.first(sealed), capture_ns);
}

}  // namespace veche::media
