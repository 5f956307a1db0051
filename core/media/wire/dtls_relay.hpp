// SPDX-License-Identifier: Apache-2.0
// Carries datagrams from lanes to webrtcbin: a lane must not wait for GStreamer's locks.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <semaphore>
#include <span>
#include <thread>
#include <unordered_map>

#include "base/counter.hpp"
#include "base/ids.hpp"
#include "base/inbox.hpp"
#include "media/wire/ice_agent.hpp"

namespace veche::media {

/// One for all lanes, as DTLS takes only a few datagrams a session. The relay only pushes; each
/// session's own webrtcbin thread does the cryptography.
class DtlsRelay {
 public:
  /// No larger ones occur: DTLS fragments its handshake (RFC 6347 section 4.1.1).
  static constexpr size_t kMaxDatagram = 1500;

  DtlsRelay();
  ~DtlsRelay();
  DtlsRelay(const DtlsRelay&) = delete;
  DtlsRelay& operator=(const DtlsRelay&) = delete;

  /// [any but lane]
  void add(SessionId session, std::shared_ptr<IceAgent> agent);
  /// [any but lane] Waits for a delivery in progress, if it is the session's: after this returns,
  /// neither its agent nor webrtcbin behind it gets anything more. An agent must not call it.
  void remove(SessionId session);

  /// [lane] Drops the datagram, and counts it, if the inbox is full: DTLS retransmits.
  void post(SessionId session, std::span<const uint8_t> datagram) noexcept;
  /// [lane] The session's peer is authenticated: it may be sent datagrams.
  void post_connected(SessionId session) noexcept;

  Counter dropped;  ///< [any] reads it.

 private:
  struct Message {
    SessionId session;
    uint16_t size;  ///< 0: connected.
    std::array<uint8_t, kMaxDatagram> bytes;
  };
  void run();
  void deliver(const Message& message);
  bool push(SessionId session, std::span<const uint8_t> datagram, bool may_use_reserve) noexcept;

  std::mutex mutex_;
  std::condition_variable delivered_;
  SessionId delivering_;  // The session whose message is being delivered.
  std::unordered_map<SessionId, std::shared_ptr<IceAgent>> agents_;  // Shared with their sessions.
  Inbox<Message> inbox_;
  std::counting_semaphore<> waiting_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace veche::media
