// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot, and a TLS client that runs the server's loop while it waits.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "../http_fixture.hpp"
#include "http/connection/tls.hpp"

namespace veche::http {

/// A directory with certificates, removed after the test.
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  /// A self-signed certificate for that name, and its key. With `lasts_s` below 0 it has expired.
  TlsFiles make(const std::string& name, long lasts_s = 3600) const;
  std::string write(const std::string& name, const std::string& content) const;
  /// The key of `files` with a pass phrase.
  std::string encrypt(const TlsFiles& files) const;

 private:
  std::string directory_;
};

class TlsClient {
 public:
  /// `max_version`: TLS1_1_VERSION and so on; 0: the newest.
  TlsClient(glib::ControlLoop& loop, const std::string& url, int max_version = 0);
  /// Runs the server until the handshake is done; false when it failed.
  bool handshake();
  void send(const std::string& text);
  void receive_until(const std::function<bool()>& done);
  void receive_all() {
    receive_until([] { return false; });
  }
  /// Sends close_notify, as TLS clients do, and closes.
  void close();
  /// The name in the server's certificate.
  std::string server_name() const;

  RawClient raw;
  std::string received;  ///< Decrypted.

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void feed();
  void flush();

  const std::unique_ptr<SSL_CTX, Free> context_;
  const std::unique_ptr<SSL, Free> ssl_;
};

}  // namespace veche::http
