// SPDX-License-Identifier: Apache-2.0
// Reads what the configuration says of the API: addresses, TLS, keys, secrets and ICE servers.
#include <filesystem>
#include <optional>
#include <set>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "main/config_checks.hpp"
#include "main/config_reading.hpp"

namespace veche::main {
namespace {

using glib::elements_of;
using glib::member;

constexpr size_t kMinSecretLength = 16;

void read_tls(Reading& reading, JsonNode* node, http::TlsFiles& files) {
  files = {reading.path(text(node, "certificate")), reading.path(text(node, "key"))};
  if (files.certificate.empty() != files.key.empty()) {
    return reading.refuse("/http/tls",
                          "one of certificate and key is missing; allowed: both or none");
  }
  if (const auto loaded = http::load_certificate(files); !loaded) {
    reading.refuse("/http/tls",
                   loaded.error().message + "; allowed: two PEM files, a certificate and its key");
  }
}

void check_collisions(Reading& reading, const std::vector<std::string>& listen) {
  for (size_t i = 0; i < listen.size(); ++i) {
    for (size_t earlier = 0; earlier < i; ++earlier) {
      if (!collide(listen[earlier], listen[i])) continue;
      reading.refuse(at("/http/listen", i), in_quotes(listen[i]) + " collides with " +
                                                in_quotes(listen[earlier]) +
                                                "; allowed: an address and port of its own");
      break;
    }
  }
}

void read_addresses(Reading& reading, JsonNode* node, http::Settings& settings) {
  settings.listen = texts(node, "listen");
  settings.cors_origins = texts(node, "cors_origins");
  settings.static_dir = reading.path(text(node, "static_dir"));
  settings.api_page = reading.path(text(node, "api_page"));
  reading.check_each(
      settings.listen, "/http/listen",
      [](const std::string& value) { return parse_endpoint(value).has_value(); },
      "an IP address and a port, like \"127.0.0.1:8080\" or \"[::1]:8080\"");
  check_collisions(reading, settings.listen);
  reading.check_each(settings.cors_origins, "/http/cors_origins", is_origin,
                     "\"*\", or an origin without a path, like \"https://talk.example.org\"");
  read_tls(reading, member(node, "tls"), settings.tls);
  std::error_code error;
  if (const std::string& dir = settings.static_dir;
      !dir.empty() && !std::filesystem::is_directory(dir, error)) {
    reading.refuse("/http/static_dir",
                   in_quotes(dir) + " is not a directory; allowed: a directory, or \"\"");
  }
}

void check_secret(Reading& reading, const std::string& secret, const std::string& pointer,
                  size_t min_length) {
  if (!is_secret(secret)) {
    reading.refuse(pointer,
                   "this secret has white space or characters beyond ASCII; allowed: visible ASCII "
                   "characters");
  } else if (secret.size() < min_length) {
    reading.refuse(pointer, "this secret has " + std::to_string(secret.size()) +
                                " characters; allowed: at least " + std::to_string(min_length));
  }
}

struct Secret {
  std::string text;
  std::string pointer;  ///< To where it came from.
};

/// Nothing: it was refused.
std::optional<Secret> read_secret(Reading& reading, JsonNode* node, const std::string& pointer) {
  const bool from_file = !text(node, "secret_file").empty();
  if (from_file == !text(node, "secret").empty()) {
    reading.refuse(pointer, from_file ? "has a secret and a secret_file; allowed: one of them"
                                      : "has no secret; allowed: either secret or secret_file");
    return std::nullopt;
  }
  std::string place = pointer + (from_file ? "/secret_file" : "/secret");
  auto secret = from_file ? secret_of_file(reading, text(node, "secret_file"), place)
                          : secret_of_text(reading, text(node, "secret"), place);
  if (!secret) return std::nullopt;
  return Secret{std::move(*secret), std::move(place)};
}

/// A secret that everybody knows, for trials.
void check_public(Reading& reading, const std::string& pointer, const char* what,
                  const http::Settings& settings) {
  if (are_loopback(settings.listen)) return;
  reading.refuse(pointer, std::string(what) +
                              " is public; allowed: only while every address of /http/listen is "
                              "loopback");
}

void read_keys(Reading& reading, JsonNode* list, http::Settings& settings) {
  std::set<std::string> ids;
  for (JsonNode* node : elements_of(list)) {
    const std::string pointer = at("/auth/keys", settings.keys.size());
    http::ApiKey key{text(node, "id"), "", texts(node, "scopes")};
    if (!is_key_id(key.id)) {
      reading.refuse(pointer + "/id",
                     in_quotes(key.id) + " is not allowed; allowed: A-Z a-z 0-9 _ ~ -");
    } else if (!ids.insert(key.id).second) {
      reading.refuse(pointer + "/id",
                     in_quotes(key.id) + " is the id of an earlier key; allowed: an id of its own");
    }
    if (auto secret = read_secret(reading, node, pointer)) {
      key.secret = std::move(secret->text);
      if (is_dev_key(key.id, key.secret)) {
        check_public(reading, secret->pointer, "the key dev with the secret devsecret", settings);
      } else {
        check_secret(reading, key.secret, secret->pointer, kMinSecretLength);
      }
    }
    settings.keys.push_back(std::move(key));
  }
}

void check_signing_secret(Reading& reading, const Secret& secret, const http::Settings& settings) {
  check_secret(reading, secret.text, secret.pointer, http::kMinSigningSecretBytes);
  if (is_dev_signing_secret(secret.text)) {
    check_public(reading, secret.pointer, "the signing secret of the examples", settings);
  }
  for (const http::ApiKey& key : settings.keys) {
    if (key.secret != secret.text) continue;
    reading.refuse(secret.pointer, "this is the secret of the API key " + in_quotes(key.id) +
                                       ", which its tokens would let clients guess offline; "
                                       "allowed: a secret of its own");
  }
}

/// After the API keys.
void read_signing_keys(Reading& reading, JsonNode* list, http::Settings& settings) {
  std::set<std::string> ids;
  for (JsonNode* node : elements_of(list)) {
    const std::string pointer = at("/auth/signing_keys", settings.signing_keys.size());
    http::SigningKey key{text(node, "kid"), ""};
    if (!is_valid_name(key.id)) {
      reading.refuse(pointer + "/kid",
                     in_quotes(key.id) + " is not allowed; allowed: A-Z a-z 0-9 _ . ~ -");
    } else if (!ids.insert(key.id).second) {
      reading.refuse(pointer + "/kid", in_quotes(key.id) +
                                           " is the kid of an earlier key; allowed: a kid of its "
                                           "own");
    }
    if (auto secret = read_secret(reading, node, pointer)) {
      check_signing_secret(reading, *secret, settings);
      key.secret = std::move(secret->text);
    }
    settings.signing_keys.push_back(std::move(key));
  }
  if (settings.signing_keys.empty() && !settings.keys.empty()) {
    reading.advise("/auth/signing_keys",
                   "is empty, so the server signs join tokens with a key that it makes at start: "
                   "they end with the process, and it refuses tokens that a backend signs. API "
                   "keys sign no tokens any more. To keep tokens across restarts, or to sign them "
                   "yourself, add {\"kid\": \"1\", \"secret\": \"...\"} with a secret of its own "
                   "(openssl rand -hex 32), and let backends sign with that kid and secret");
  }
}

}  // namespace

void read_http(Reading& reading, JsonNode* root, http::Settings& settings) {
  read_addresses(reading, member(root, "http"), settings);
  read_http_limits(reading, member(root, "http"), settings);
  JsonNode* auth = member(root, "auth");
  read_keys(reading, member(auth, "keys"), settings);
  read_signing_keys(reading, member(auth, "signing_keys"), settings);
}

void read_ice_servers(Reading& reading, JsonNode* root, http::Settings& settings) {
  for (JsonNode* node : elements_of(member(member(root, "media"), "ice_servers"))) {
    const std::string pointer = at("/media/ice_servers", settings.ice_servers.size());
    http::IceServer server{texts(node, "urls"), ""};
    reading.check_each(
        server.urls, pointer + "/urls", is_ice_url,
        "a URI like \"stun:stun.example.org:3478\" or \"turn:turn.example.org:3478\"");
    server.secret = secret_of_text(reading, text(node, "secret"), pointer + "/secret").value_or("");
    settings.ice_servers.push_back(std::move(server));
  }
}

}  // namespace veche::main
