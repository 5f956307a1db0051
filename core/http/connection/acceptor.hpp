// SPDX-License-Identifier: Apache-2.0
// Accepts connections on one address, and takes them through TLS if there is a certificate.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <unordered_set>

#include "glib/control_loop.hpp"
#include "glib/ref.hpp"
#include "glib/source.hpp"

namespace veche::http {

/// libsoup 3.2 can accept too, but stops listening for good when one accept fails (no descriptor
/// left), and leaks memory with every connection and every failed handshake. [control]
class Acceptor {
 public:
  /// `stream` is ready to be read and written; `socket` is what it runs on.
  using Accepted = std::function<void(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket)>;

  /// How many of `limit` descriptors connections must leave free.
  using LeavesFree = std::function<int64_t(int64_t limit)>;

  /// Is the socket, which has just been accepted, not one too many?
  using Admits = std::function<bool(GSocket* socket)>;

  /// A handshake that does not finish in time is cut. The loop outlives this.
  Acceptor(glib::ControlLoop& loop, glib::Ref<GSocket> listener, uint32_t handshake_ms,
           LeavesFree leaves_free, Admits admits, Accepted accepted);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// For connections that begin from now on; null: no TLS.
  void use_certificate(glib::Ref<GTlsCertificate> certificate) {
    certificate_ = std::move(certificate);
  }
  /// Closes a connection that nobody needs now; false if there is none. Asked when descriptors are
  /// short.
  void use_room_maker(std::function<bool()> make_room) { make_room_ = std::move(make_room); }
  GSocket* listener() const { return listener_.get(); }

 private:
  struct Handshake;
  void listen();
  bool accept_one();
  bool has_descriptors() const;
  void wait_for_descriptors(const char* reason);
  void begin_handshake(const glib::Ref<GIOStream>& stream, glib::Ref<GSocket> socket);
  void end_handshake(Handshake& handshake, const GError* error);

  glib::ControlLoop& loop_;
  const glib::Ref<GSocket> listener_;
  const uint32_t handshake_ms_;
  const LeavesFree leaves_free_;
  const Admits admits_;
  const Accepted accepted_;
  std::function<bool()> make_room_ = [] { return false; };
  glib::Ref<GTlsCertificate> certificate_;
  bool is_short_ = false;  ///< The last accept failed.
  glib::Timer retry_;
  std::unordered_set<Handshake*> handshakes_;  ///< Each is owned by its callback.
  glib::Source source_;
};

/// To be called before a TLS stream is closed: closing it sends close_notify, which would wait for
/// a client that does not read. Data that was sent still arrives.
void keep_close_from_waiting(GSocket* socket);

}  // namespace veche::http
