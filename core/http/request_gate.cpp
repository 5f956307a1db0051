// SPDX-License-Identifier: Apache-2.0
// Which limits count for which request.
#include "http/request_gate.hpp"

#include <algorithm>
#include <cassert>

#include "base/thread_role.hpp"
#include "http/auth/auth.hpp"
#include "http/connection/soup_socket.hpp"

namespace veche::http {
namespace {

/// "<id>.<secret>": a JWT has two dots. Whether it is good is the authenticator's to say, which
/// costs one digest.
bool claims_api_key(const Exchange& exchange) {
  const std::string bearer = bearer_of(exchange.request_header("Authorization"));
  return std::count(bearer.begin(), bearer.end(), '.') == 1;
}

bool is_offer(const Route& route) { return route.method == "POST" && route.body == BodyKind::Sdp; }

}  // namespace

std::string RequestGate::client_of(const Exchange& exchange) const {
  const std::string peer = remote_host(exchange.message());
  if (!proxies_.trusts(canonical_address(peer))) return canonical_address(peer);
  return proxies_.client_of(peer, exchange.request_header(proxies_.field()));
}

bool RequestGate::admit_address(Exchange& exchange) {
  assert(is_on_control());
  if (is_probe(*exchange.route) || claims_api_key(exchange)) return true;
  return take(exchange, Limit::Address, subscriber_of(client_of(exchange)));
}

bool RequestGate::admit_caller(Exchange& exchange) {
  assert(is_on_control());
  const Principal* caller = exchange.request.caller.get();
  if (!caller) return true;
  const Route& route = *exchange.route;
  if (!caller->token && !take(exchange, limit_of(route), caller->key_id)) return false;
  if (is_offer(route)) {
    const Request& request = exchange.request;
    const auto participant = request.params.find("participant");
    // Without a name it is a participant of its own.
    if (participant == request.params.end()) return true;
    return take(exchange, Limit::Offers,
                participant_key(request.param("room"), participant->second));
  }
  if (route.pattern == kAnnouncePattern) {
    return take(exchange, Limit::Announcements, exchange.request.param("room"));
  }
  return !caller->token || take(exchange, Limit::Participant,
                                participant_key(caller->token->room, caller->token->participant));
}

bool RequestGate::take(Exchange& exchange, Limit limit, const std::string& key) {
  const Rate& rate = limits_.rate(limit);
  if (rate.burst == 0) return true;
  const Allowance allowance = limits_.take(limit, key);
  exchange.add_header("RateLimit-Policy", policy_item(to_string(limit), rate));
  exchange.add_header("RateLimit", limit_item(to_string(limit), allowance));
  if (allowance.is_granted) return true;
  exchange.respond(too_many_requests(limit, rate, allowance));
  return false;
}

}  // namespace veche::http
