// SPDX-License-Identifier: Apache-2.0
// Protects and sends packets, and does nothing else.
#include "bare_loop.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>
#include <thread>
#include <vector>

#include "rtp/srtp/srtp_sender.hpp"
#include "socket_reader.hpp"

namespace veche::load {
namespace {

constexpr int kPackets = 100'000;
constexpr int kBatch = 50;  // Surely fits into a socket's receive buffer.
constexpr int kPacketSize = 100;
constexpr size_t kSealedSize = kPacketSize + rtp::srtp_tag_size(rtp::SrtpProfile::Aes128CmHmacSha1);
using Packet = std::array<uint8_t, 256>;

double cpu_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

Result<double> protect_cost() {
  Packet packet{};
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
    int size = kPacketSize;
    good = srtp_protect(session, packet.data(), &size) == srtp_err_status_ok;
  }
  const double spent_us = cpu_us() - start_us;
  srtp_dealloc(session);
  if (!good) return internal("srtp_protect failed");
  return spent_us / kPackets;
}

using Sender = std::unique_ptr<rtp::SrtpSender>;

Result<Sender> make_sender(uint32_t number) {
  std::array<uint8_t, 30> key{};
  std::memcpy(key.data(), &number, sizeof number);
  return rtp::SrtpSender::create(rtp::SrtpProfile::Aes128CmHmacSha1, key, 1);
}

bool seal(rtp::SrtpSender& sender, Packet& packet, int number) {
  packet = {0x80, 111, static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
  return sender.protect_rtp(packet, kPacketSize) == kSealedSize;
}

Result<double> seal_cost() {
  Result<Sender> sender = make_sender(0);
  if (!sender) return sender.error();
  Packet packet{};
  bool good = true;
  const double start_us = cpu_us();
  for (int i = 0; i < kPackets && good; ++i) good = seal(**sender, packet, i);
  if (!good) return internal("a packet cannot be sealed");
  return (cpu_us() - start_us) / kPackets;
}

/// A socket on loopback that discards its datagrams.
class Sink final : public SocketReader::Listener {
 public:
  Sink() : descriptor_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const any = reinterpret_cast<sockaddr*>(&address_);
    good_ = bind(descriptor_, any, size) == 0 && getsockname(descriptor_, any, &size) == 0;
  }
  ~Sink() override { close(descriptor_); }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  int descriptor() const noexcept override { return descriptor_; }
  bool good() const { return good_; }
  void on_readable() noexcept override {
    Packet packet;
    while (recv(descriptor_, packet.data(), packet.size(), 0) > 0) {
    }
  }
  void address(msghdr& message) const {
    message.msg_name = const_cast<sockaddr_in*>(&address_);
    message.msg_namelen = sizeof address_;
  }
  bool send_here(int from, const Packet& packet) const {
    return sendto(from, packet.data(), kSealedSize, 0, reinterpret_cast<const sockaddr*>(&address_),
                  sizeof address_) == static_cast<ssize_t>(kSealedSize);
  }

 private:
  const int descriptor_;
  sockaddr_in address_{};
  bool good_ = false;
};

Error send_failed() {
  return internal(std::string("sending on loopback: ") + std::strerror(errno));
}

Result<double> loop_cost() {
  const Sink from;
  Sink to;
  Result<Sender> sender = make_sender(0);
  if (!sender) return sender.error();
  bool good = from.good() && to.good();
  double spent_us = 0;
  Packet packet{};
  for (int sent = 0; sent < kPackets && good; sent += kBatch) {
    const double start_us = cpu_us();
    for (int i = 0; i < kBatch; ++i) {
      good = good && seal(**sender, packet, sent + i) && to.send_here(from.descriptor(), packet);
    }
    spent_us += cpu_us() - start_us;
    to.on_readable();
  }
  if (!good) return send_failed();
  return spent_us / kPackets;
}

/// All participants of a room, each with a key and a socket.
struct Listeners {
  std::vector<Sender> senders;
  std::vector<std::unique_ptr<Sink>> sinks;

  static Result<Listeners> create(uint32_t count) {
    Listeners listeners;
    for (uint32_t i = 0; i < count; ++i) {
      Result<Sender> sender = make_sender(i);
      if (!sender) return sender.error();
      listeners.senders.push_back(std::move(*sender));
      listeners.sinks.push_back(std::make_unique<Sink>());
      if (!listeners.sinks.back()->good()) return internal("a socket on loopback cannot be made");
    }
    return listeners;
  }
};

/// Sends one packet to all participants of a room, in batches like the server's Outbox.
class FanOut {
 public:
  FanOut() {
    for (size_t i = 0; i < kBatchSize; ++i) {
      parts_[i] = {packets_[i].data(), kSealedSize};
      headers_[i].msg_hdr.msg_iov = &parts_[i];
      headers_[i].msg_hdr.msg_iovlen = 1;
    }
  }

  bool send(int from, Listeners& listeners, int number) {
    const size_t count = listeners.sinks.size();
    for (size_t at = 0; at < count; at += kBatchSize) {
      const size_t size = std::min(kBatchSize, count - at);
      for (size_t i = 0; i < size; ++i) {
        if (!seal(*listeners.senders[at + i], packets_[i], number)) return false;
        listeners.sinks[at + i]->address(headers_[i].msg_hdr);
      }
      const auto wanted = static_cast<unsigned>(size);
      if (sendmmsg(from, headers_.data(), wanted, MSG_DONTWAIT) != static_cast<int>(wanted))
        return false;
    }
    return true;
  }

 private:
  static constexpr size_t kBatchSize = 32;
  std::array<Packet, kBatchSize> packets_{};
  std::array<iovec, kBatchSize> parts_{};
  std::array<mmsghdr, kBatchSize> headers_{};
};

Result<double> fan_out_cost(uint32_t count, uint32_t rooms, uint32_t talkers) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kDuration = std::chrono::seconds(2);
  const auto pause = std::chrono::nanoseconds(std::chrono::milliseconds(20)) / (talkers * rooms);
  const Sink from;
  std::vector<Listeners> listeners;
  const std::unique_ptr<SocketReader> reader = make_polling_reader();
  for (uint32_t room = 0; room < rooms; ++room) {
    Result<Listeners> some = Listeners::create(count / rooms);
    if (!some) return some.error();
    for (const auto& sink : some->sinks) reader->add(*sink);
    listeners.push_back(std::move(*some));
  }
  FanOut fan_out;
  bool good = from.good();
  int number = 0;
  const double start_us = cpu_us();
  auto due = Clock::now();
  for (const auto end = due + kDuration; due < end && good; due += pause, ++number) {
    std::this_thread::sleep_until(due);
    good =
        fan_out.send(from.descriptor(), listeners[static_cast<uint32_t>(number) % rooms], number);
  }
  const double spent_us = cpu_us() - start_us;
  for (const Listeners& some : listeners) {
    for (const auto& sink : some.sinks) reader->remove(*sink);
  }
  if (!good || number == 0) return send_failed();
  const uint32_t listeners_each = count / rooms;
  return spent_us / number / listeners_each;
}

}  // namespace

Result<BareLoop> measure_bare_loop(uint32_t listeners, uint32_t rooms, uint32_t talkers) {
  const Result<double> protect_us = protect_cost();
  if (!protect_us) return protect_us.error();
  const Result<double> seal_us = seal_cost();
  if (!seal_us) return seal_us.error();
  const Result<double> loop_us = loop_cost();
  if (!loop_us) return loop_us.error();
  const Result<double> fan_out_us = fan_out_cost(listeners, rooms, std::max(talkers, 1u));
  if (!fan_out_us) return fan_out_us.error();
  return BareLoop{.seal_us = *seal_us,
                  .protect_us = *protect_us,
                  .loop_us = *loop_us,
                  .fan_out_us = *fan_out_us};
}

}  // namespace veche::load
