// SPDX-License-Identifier: Apache-2.0
// The HTTP API calls that a load needs.
#pragma once

#include <libsoup/soup.h>

#include <functional>
#include <string>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::load {

struct HttpReply {
  int status = 0;
  std::string body;
  std::string location;
};

/// [control] all of it, callbacks included.
class HttpApi {
 public:
  using Callback = std::function<void(Result<HttpReply>)>;

  HttpApi(std::string server, const std::string& key);

  void put_room(const std::string& room, const std::string& settings, Callback callback);
  void post_session(const std::string& room, const std::string& participant,
                    const std::string& offer, Callback callback);
  /// `location`: from post_session(), absolute or relative to the server.
  void delete_session(const std::string& location, Callback callback);

 private:
  void send(const char* method, const std::string& path, const char* content_type,
            const std::string& body, Callback callback);

  std::string server_;
  std::string authorization_;
  glib::Ref<SoupSession> session_;
};

}  // namespace veche::load
