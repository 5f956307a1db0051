// SPDX-License-Identifier: Apache-2.0
// A thread that takes messages out of an inbox and pushes them into webrtcbin.
#include "media/wire/dtls_relay.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace veche::media {
namespace {

constexpr size_t kInboxSize = 1024;
constexpr size_t kConnectedReserve = 256;

}  // namespace

DtlsRelay::DtlsRelay()
    : inbox_(kInboxSize, kConnectedReserve), thread_([this] {
        pthread_setname_np(pthread_self(), "dtls-relay");
        run();
      }) {}

DtlsRelay::~DtlsRelay() {
  stopping_.store(true);
  waiting_.release();
  thread_.join();
}

void DtlsRelay::add(SessionId session, std::shared_ptr<IceAgent> agent) {
  const std::lock_guard lock(mutex_);
  agents_[session] = std::move(agent);
}

void DtlsRelay::remove(SessionId session) {
  std::unique_lock lock(mutex_);
  agents_.erase(session);
  delivered_.wait(lock, [&] { return delivering_ != session; });
}

bool DtlsRelay::push(SessionId session, std::span<const uint8_t> datagram,
                     bool may_use_reserve) noexcept {
  const bool pushed = inbox_.push(may_use_reserve, [&](Message& message) {
    message.session = session;
    message.size = static_cast<uint16_t>(datagram.size());
    std::copy(datagram.begin(), datagram.end(), message.bytes.begin());
  });
  if (pushed) {
    waiting_.release();
  } else {
    dropped.add();
  }
  return pushed;
}

void DtlsRelay::post(SessionId session, std::span<const uint8_t> datagram) noexcept {
  if (datagram.empty() || datagram.size() > kMaxDatagram) {
    dropped.add();
    return;
  }
  static_cast<void>(push(session, datagram, false));
}

void DtlsRelay::post_connected(SessionId session) noexcept {
  static_cast<void>(push(session, {}, true));
}

void DtlsRelay::deliver(const Message& message) {
  std::shared_ptr<IceAgent> agent;
  {
    const std::lock_guard lock(mutex_);
    const auto found = agents_.find(message.session);
    if (found == agents_.end()) return;
    agent = found->second;
    delivering_ = message.session;
  }
  if (message.size == 0) {
    agent->connected();
  } else {
    agent->receive({message.bytes.data(), message.size});
  }
  agent.reset();
  {
    const std::lock_guard lock(mutex_);
    delivering_ = {};
  }
  delivered_.notify_all();
}

void DtlsRelay::run() {
  for (;;) {
    waiting_.acquire();
    if (stopping_.load()) return;
    // All messages: one may have been incomplete at its turn, and been overtaken.
    while (Message* message = inbox_.front()) {
      deliver(*message);
      inbox_.pop();
    }
  }
}

}  // namespace veche::media
