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

namespace veche::http {

/// What a route reads, which decides the Content-Types and the size that are accepted.
enum class BodyKind { Nothing = 1, Json, SmallJson, MergePatch, Sdp, SdpFragment };

struct BodyRule {
  std::vector<std::string_view> content_types;  ///< Empty: none is asked for.
  size_t max_bytes;
};
const BodyRule& rule_of(BodyKind kind);

struct Route {
  std::string method;
  std::string pattern;  ///< "/v1/rooms/{room}": a part in braces matches one name.
  Access access;
  BodyKind body;
  Handler handler;
  bool takes_query_token =
      false;  ///< Browsers cannot set headers of a WebSocket: `access_token` does it too.
};

struct Match {
  /// Null: the path or the method is unknown. Shared, because a plugin's is made for one request.
  std::shared_ptr<const Route> route;
  std::vector<std::string> allowed;  ///< Methods of this path; empty: the path is unknown.
  std::map<std::string, std::string> params;
};

class Router {
 public:
  /// Its pattern has to be legal.
  void add(Route route);
  /// InvalidArgument when the path fits a route but a part of it is no valid name. `path` is
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
