// SPDX-License-Identifier: Apache-2.0
// Protects and sends packets in a tight loop.
#include "bare_loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <ctime>

#include "rtp/srtp/srtp_sender.hpp"

namespace veche::load {
namespace {

constexpr int kPackets = 50'000;
constexpr int kBatch = 50;  // What a socket's receive buffer surely holds.
constexpr int kPacketSize = 100;
using Packet = std::array<uint8_t, 256>;

double cpu_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

Result<double> protect_cost(Packet& packet, int& protected_size) {
  std::array<uint8_t, SRTP_MAX_KEY_LEN> key{};
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = ssrc_any_outbound;
  policy.key = key.data();
  srtp_t session = nullptr;
  if (srtp_init() != srtp_err_status_ok || srtp_create(&session, &policy) != srtp_err_status_ok) {
    return internal("libsrtp2 cannot be used");
  }
  bool good = true;
  const double start_us = cpu_us();
  for (int i = 0; i < kPackets && good; ++i) {
    packet = {0x80, 111, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    protected_size = kPacketSize;
    good = srtp_protect(session, packet.data(), &protected_size) == srtp_err_status_ok;
  }
  const double spent_us = cpu_us() - start_us;
  srtp_dealloc(session);
  if (!good) return internal("srtp_protect failed");
  return spent_us / kPackets;
}

Result<double> seal_cost() {
  std::array<uint8_t, 30> key{};
  auto sender = rtp::SrtpSender::create(rtp::SrtpProfile::Aes128CmHmacSha1, key, 1);
  if (!sender) return sender.error();
  Packet packet{};
  bool good = true;
  const double start_us = cpu_us();
  for (int i = 0; i < kPackets && good; ++i) {
    packet = {0x80, 111, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    good = (*sender)->protect_rtp(packet, kPacketSize) > 0;
  }
  if (!good) return internal("a packet cannot be sealed");
  return (cpu_us() - start_us) / kPackets;
}

Result<double> send_cost(const Packet& packet, int size) {
  const int from = socket(AF_INET, SOCK_DGRAM, 0);
  const int to = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  bool good = bind(to, any, length) == 0 && getsockname(to, any, &length) == 0;
  double spent_us = 0;
  Packet received;
  for (int sent = 0; sent < kPackets && good; sent += kBatch) {
    const double start_us = cpu_us();
    for (int i = 0; i < kBatch; ++i) {
      good &= sendto(from, packet.data(), static_cast<size_t>(size), 0, any, length) == size;
    }
    spent_us += cpu_us() - start_us;
    while (recv(to, received.data(), received.size(), 0) > 0) {
    }
  }
  close(from);
  close(to);
  if (!good) return internal(std::string("sending on loopback: ") + strerror(errno));
  return spent_us / kPackets;
}

}  // namespace

Result<BareLoop> measure_bare_loop() {
  Packet packet{};
  int size = 0;
  const Result<double> protect_us = protect_cost(packet, size);
  if (!protect_us) return protect_us.error();
  const Result<double> seal_us = seal_cost();
  if (!seal_us) return seal_us.error();
  const Result<double> send_us = send_cost(packet, size);
  if (!send_us) return send_us.error();
  return BareLoop{.seal_us = *seal_us, .protect_us = *protect_us, .send_us = *send_us};
}

}  // namespace veche::load
