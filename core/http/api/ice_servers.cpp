// SPDX-License-Identifier: Apache-2.0
// Time-limited TURN credentials, as JSON and as Link headers.
#include "http/api/ice_servers.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "glib/shown.hpp"

namespace veche::http {
namespace {

std::string credential_of(const std::string& secret, const std::string& username) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(username.data()), username.size(), digest, &length);
  const glib::StringPtr text(g_base64_encode(digest, length));
  return text.get();
}

}  // namespace

std::vector<IceServerView> ice_servers_for(const std::vector<IceServer>& servers,
                                           const std::string& participant, int64_t now_s) {
  std::vector<IceServerView> views;
  for (const IceServer& server : servers) {
    IceServerView view{server.urls, "", ""};
    if (!server.secret.empty()) {
      view.username = std::to_string(now_s + kTurnLifetimeS) + ":" + participant;
      view.credential = credential_of(server.secret, view.username);
    }
    views.push_back(std::move(view));
  }
  return views;
}

const glib::Fields<IceServerView>& ice_server_fields() {
  using View = IceServerView;
  const auto is_turn = [](const View& server) { return !server.username.empty(); };
  static const glib::Fields<View> fields{
      glib::shown<View>("urls", "Of STUN and TURN, for one RTCIceServer.", &View::urls),
      glib::shown_if(is_turn, glib::shown<View>("username", "Of TURN.", &View::username)),
      glib::shown_if(is_turn,
                     glib::shown<View>("credential", "Good for an hour.", &View::credential)),
  };
  return fields;
}

void add_links(Response& response, const std::vector<IceServerView>& servers) {
  for (const IceServerView& server : servers) {
    for (const std::string& url : server.urls) {
      std::string link = "<" + url + ">; rel=\"ice-server\"";
      if (!server.username.empty()) {
        link += "; username=\"" + server.username + "\"; credential=\"" + server.credential +
                "\"; credential-type=\"password\"";
      }
      response.header("Link", std::move(link));
    }
  }
}

}  // namespace veche::http
