// SPDX-License-Identifier: Apache-2.0
// Applies the limits of requests: finds whose request it is, and refuses it with 429 or tells what
// is left.
#pragma once

#include <string>
#include <utility>

#include "http/api/request_limits.hpp"
#include "http/connection/exchange.hpp"
#include "http/protocol/client_address.hpp"

namespace veche::http {

/// [control] all of it.
class RequestGate {
 public:
  /// The limits outlive this.
  RequestGate(RequestLimits& limits, Proxies proxies)
      : limits_(limits), proxies_(std::move(proxies)) {}

  /// For requests that begin from now on.
  void use(Proxies proxies) { proxies_ = std::move(proxies); }
  const Proxies& proxies() const { return proxies_; }

  /// Before the credential is looked at, whose check costs more than this. False: refused.
  bool admit_address(Exchange& exchange);
  /// Once the caller is known. False: refused.
  bool admit_caller(Exchange& exchange);

 private:
  bool take(Exchange& exchange, Limit limit, const std::string& key);
  std::string client_of(const Exchange& exchange) const;

  RequestLimits& limits_;
  Proxies proxies_;
};

}  // namespace veche::http
