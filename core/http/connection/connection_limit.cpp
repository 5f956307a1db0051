// SPDX-License-Identifier: Apache-2.0
// Counting by address, and the end of a socket as GObject tells it.
#include "http/connection/connection_limit.hpp"

#include "base/log.hpp"
#include "glib/ref.hpp"
#include "http/protocol/client_address.hpp"

namespace veche::http {
namespace {

std::string remote_address(GSocket* socket) {
  const glib::Ref<GSocketAddress> remote =
      glib::adopt(g_socket_get_remote_address(socket, nullptr));
  if (!remote) return "";  // It has been reset.
  const glib::StringPtr text(g_inet_address_to_string(
      g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote.get()))));
  return canonical_address(text.get());
}

struct Counted {
  std::shared_ptr<ConnectionCounts> counts;
  std::string address;
};

void count_end(gpointer data, GObject*) {
  const std::unique_ptr<Counted> counted(static_cast<Counted*>(data));
  counted->counts->end(counted->address);
}

}  // namespace

ConnectionCounts::Verdict ConnectionCounts::begin(const std::string& address, bool is_shared,
                                                  const ConnectionLimits& limits) {
  const std::lock_guard lock(mutex_);
  if (limits.total > 0 && total_ >= limits.total) return Verdict::TooMany;
  uint32_t& count = by_address_[address];
  if (!is_shared && limits.per_address > 0 && count >= limits.per_address) {
    return Verdict::TooManyOfAddress;
  }
  ++count;
  ++total_;
  return Verdict::Welcome;
}

void ConnectionCounts::end(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return;
  --total_;
  if (--found->second == 0) by_address_.erase(found);
}

size_t ConnectionCounts::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

size_t ConnectionCounts::addresses() const {
  const std::lock_guard lock(mutex_);
  return by_address_.size();
}

bool ConnectionLimit::admit(GSocket* socket) {
  const std::string address = remote_address(socket);
  const std::string subscriber = subscriber_of(address);
  switch (counts_->begin(subscriber, is_shared_(address), limits_)) {
    case ConnectionCounts::Verdict::Welcome:
      g_object_weak_ref(G_OBJECT(socket), count_end, new Counted{counts_, subscriber});
      return true;
    case ConnectionCounts::Verdict::TooManyOfAddress:
      ++refused_of_address_;
      log::warning("http", "refuses connections from " + subscriber + ", which has its limit of " +
                               std::to_string(limits_.per_address) +
                               "; if it is a proxy, list it in http.trusted_proxies");
      return false;
    case ConnectionCounts::Verdict::TooMany: break;
  }
  ++refused_in_total_;
  log::warning("http", "refuses connections: there are " + std::to_string(limits_.total) +
                           ", the limit of http.limits.connections");
  return false;
}

void ConnectionLimit::put_metrics(MetricSink& sink) const {
  const auto put = [&sink](const char* limit, uint64_t count) {
    sink.counter("veche_http_limited_total",
                 "Requests, commands and connections that a limit refused, by limit", count,
                 {{"limit", limit}});
  };
  put("connections_per_address", refused_of_address_);
  put("connections", refused_in_total_);
}

}  // namespace veche::http
