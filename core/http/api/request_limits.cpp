// SPDX-License-Identifier: Apache-2.0
// A table of buckets for each limit.
#include "http/api/request_limits.hpp"

#include "base/log.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

struct Words {
  const char* name;
  const char* what;  ///< "At most 5 ..."
  const char* whose;
};

const Words& words_of(Limit limit) {
  static constexpr Words kWords[kLimits] = {
      {"offers", "offers", "for one participant"},
      {"commands", "commands", "of one client"},
      {"invitations", "invitations", "of one API key"},
      {"reads", "reading requests", "of one API key"},
      {"changes", "changing requests", "of one API key"},
      {"participant", "requests", "with one participant's join token"},
      {"address", "requests without an API key", "from one address"},
      {"announcements", "announcements", "to one room"},
  };
  return kWords[static_cast<size_t>(limit)];
}

}  // namespace

const Rate& RateLimits::of(Limit limit) const {
  const Rate* const all[kLimits] = {&offers,  &commands,    &invitations, &reads,
                                    &changes, &participant, &address,     &announcements};
  return *all[static_cast<size_t>(limit)];
}

RequestLimits::RequestLimits(const RateLimits& rates, Clock now_ns)
    : rates_(rates), now_ns_(now_ns) {}

Allowance RequestLimits::take(Limit limit, const std::string& key) {
  Table& table = tables_[static_cast<size_t>(limit)];
  const Allowance allowance = table.buckets.take(key, rate(limit), now_ns_());
  if (!allowance.is_granted) {
    ++table.refused;
    log::warning("http", std::string("refuses ") + words_of(limit).what + " of \"" + key +
                             "\" beyond http.limits." + to_string(limit));
  }
  return allowance;
}

void RequestLimits::put_metrics(MetricSink& sink) const {
  for (size_t i = 0; i < kLimits; ++i) {
    sink.counter("veche_http_limited_total",
                 "Requests, commands and connections that a limit refused, by limit",
                 tables_[i].refused, {{"limit", to_string(static_cast<Limit>(i))}});
  }
}

const char* to_string(Limit limit) { return words_of(limit).name; }

Limit limit_of(const Route& route) {
  if (route.method == "GET") return Limit::Reads;
  const bool is_invitation =
      route.method == "POST" && route.pattern == "/v1/rooms/{room}/participants";
  return is_invitation ? Limit::Invitations : Limit::Changes;
}

std::string participant_key(const std::string& room, const std::string& participant) {
  return room + "/" + participant;
}

std::string refusal_text(Limit limit, const Rate& rate, const Allowance& allowance) {
  const Words& words = words_of(limit);
  return "At most " + std::to_string(rate.burst) + " " + words.what + " at once, and " +
         std::to_string(rate.per_s) + " a second, " + words.whose + "; the next one in " +
         std::to_string(seconds_up(allowance.wait_ns)) + " s.";
}

Response too_many_requests(Limit limit, const Rate& rate, const Allowance& allowance) {
  Response response = problem(429, refusal_text(limit, rate, allowance));
  response.header("Retry-After", std::to_string(seconds_up(allowance.wait_ns)));
  return response;
}

}  // namespace veche::http
