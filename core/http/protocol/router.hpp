// SPDX-License-Identifier: Apache-2.0
// From a method and a path to the handler that answers them. Pure.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "glib/path_pattern.hpp"
#include "http/protocol/access.hpp"
#include "http/protocol/message.hpp"
#include "http/protocol/operation.hpp"

namespace veche::http {

/// The kind of body that a route reads: it decides which Content-Types and sizes are accepted.
enum class BodyKind { Nothing = 1, Json, SmallJson, MergePatch, Sdp, SdpFragment };

struct BodyRule {
  std::vector<std::string_view> content_types;  ///< Empty: any, or none.
  size_t max_bytes;
};
const BodyRule& rule_of(BodyKind kind);

struct Route {
  std::string method;
  std::string pattern;  ///< "/v1/rooms/{room}": a part in braces matches one name.
  Access access;
  BodyKind body;
  Handler handler;
  /// A join token as `access_token` in the query is accepted too: browsers cannot set headers of a
  /// WebSocket.
  bool takes_query_token = false;
  /// "/whip/blue/" is the same path as "/whip/blue".
  bool takes_trailing_slash = false;
  /// Its answers to requests with an Idempotency-Key are kept over a restart: what they tell of
  /// outlives one too, and nothing in them is secret.
  bool keeps_answers = false;
  Operation operation = {};
};

/// Does a monitor ask here, at any rate?
inline bool is_probe(const Route& route) {
  return route.pattern == "/healthz" || route.pattern == "/readyz";
}

struct Match {
  /// Null: the path or the method is unknown. Shared, because a plugin's is made for one request.
  std::shared_ptr<const Route> route;
  std::vector<std::string> allowed;  ///< Methods of this path; empty: the path is unknown.
  /// What bodies POST and PATCH take here: "application/sdp". Empty: no such method, or any body.
  std::string accept_post, accept_patch;
  std::map<std::string, std::string> params;
};

class Router {
 public:
  /// The pattern has to be valid.
  void add(Route route);
  /// InvalidArgument when the path fits a route but a part of it is not a valid name. `path` is
  /// percent-encoded.
  Result<Match> match(std::string_view method, std::string_view path) const;
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Entry& entry : entries_) visit(*entry.route);
  }

 private:
  struct Entry {
    std::shared_ptr<const Route> route;
    glib::PathPattern pattern;
  };
  std::vector<Entry> entries_;
};

/// "GET, HEAD, PUT, OPTIONS": the value of Allow.
std::string allow_header(const std::vector<std::string>& methods);

}  // namespace veche::http
