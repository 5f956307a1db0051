// SPDX-License-Identifier: Apache-2.0
// The STUN and TURN servers for a client, with credentials of its own. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "glib/fields.hpp"
#include "http/protocol/message.hpp"

namespace veche::http {

/// With a secret, TURN credentials are made for each client and expire
/// (draft-uberti-behave-turn-rest-00).
struct IceServer {
  std::vector<std::string> urls;
  std::string secret;
};

/// As an RTCIceServer; user name and credential are empty for STUN.
struct IceServerView {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
};

inline constexpr int64_t kTurnLifetimeS = 3600;

std::vector<IceServerView> ice_servers_for(const std::vector<IceServer>& servers,
                                           const std::string& participant, int64_t now_s);

/// What an IceServerView shows.
const glib::Fields<IceServerView>& ice_server_fields();

/// One Link header for each URL (RFC 9725, section 4.6).
void add_links(Response& response, const std::vector<IceServerView>& servers);

}  // namespace veche::http
