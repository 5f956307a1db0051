// SPDX-License-Identifier: Apache-2.0
// Requests and responses as values, without libsoup: what routes take and return.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/descriptor.hpp"
#include "glib/ref.hpp"

namespace veche::http {

struct Principal;

/// The headers that make a request conditional or ask for a part; empty where there was none.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
  std::string if_modified_since;
  std::string if_unmodified_since;
  std::string if_range;
  std::string range;  ///< Of a GET.
};

struct Request {
  std::string method;                         ///< HEAD arrives as GET.
  bool wants_body = true;                     ///< False for HEAD, which must not wait either.
  std::string path;                           ///< As sent, percent-encoded.
  std::map<std::string, std::string> params;  ///< Of the route's pattern, decoded and valid names.
  std::map<std::string, std::string> query;   ///< Decoded.
  std::string raw_query;                      ///< As sent, without the "?".
  Conditions conditions;
  std::string accept;
  std::string last_event_id;                ///< Of a reader that reconnects; empty: none.
  std::string body;                         ///< Of a type and size that the route accepts.
  std::shared_ptr<const Principal> caller;  ///< Null where a route is open to anybody.
  /// While the handler runs: calls `gone` once, on control, if the client leaves before its answer.
  std::function<void(std::function<void()> gone)> watch_client;

  const std::string& param(const std::string& name) const { return params.at(name); }
  /// Empty if it is not there.
  std::string query_value(const std::string& name) const;
};

/// Gets the connection after the response's head; `socket` is what `stream` runs on.
using Upgrade = std::function<void(glib::Ref<GIOStream> stream, glib::Ref<GSocket> socket)>;

/// A part of a file, as the body of a response.
struct FileBody {
  std::shared_ptr<const Descriptor> file;  ///< Shared, because responses are copied.
  uint64_t offset;
  uint64_t size;
};

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<FileBody> file;  ///< The body, in place of the text.
  Upgrade upgrade;               ///< Set with status 101.
  std::string subprotocol;       ///< Of the upgrade; the client has to offer it.
  Upgrade stream;  ///< Writes the body, in place of the text, until the connection ends.

  Response& header(std::string name, std::string value);
};

Response json_response(int status, std::string body);
Response no_content();

/// Answers a request: to be called once, on control, now or later. If all copies are destroyed
/// uncalled, the answer is 500.
using Reply = std::function<void(Response)>;
using Handler = std::function<void(const Request&, Reply)>;

/// A handler that responds at once.
Handler at_once(std::function<Response(const Request&)> respond);

}  // namespace veche::http
