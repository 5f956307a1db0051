// SPDX-License-Identifier: Apache-2.0
// Reads a configuration that its schema allows into settings, and checks what a schema cannot say.
#include "main/config.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "base/endpoint.hpp"
#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "glib/ref.hpp"
#include "main/config_checks.hpp"
#include "main/config_schema.hpp"

namespace veche::main {
namespace {

using glib::child_pointer;
using glib::elements_of;
using glib::member;

constexpr size_t kMinSecretLength = 16;

std::string text(JsonNode* object, const char* name) {
  return json_node_get_string(member(object, name));
}

std::vector<std::string> texts(JsonNode* object, const char* name) {
  std::vector<std::string> values;
  for (JsonNode* element : elements_of(member(object, name))) {
    values.emplace_back(json_node_get_string(element));
  }
  return values;
}

template <class Number>
Number number(JsonNode* object, const char* name) {
  return static_cast<Number>(json_node_get_int(member(object, name)));
}

bool flag(JsonNode* object, const char* name) {
  return json_node_get_boolean(member(object, name)) != FALSE;
}

std::string at(const std::string& parent, size_t index) {
  return child_pointer(parent, std::to_string(index));
}

/// As JSON, so that nothing in it forges a message.
std::string in_quotes(const std::string& value) {
  const glib::JsonPtr node(json_node_init_string(json_node_alloc(), value.c_str()));
  return glib::to_text(node.get());
}

/// One configuration, with all defaults filled in.
class Reader {
 public:
  explicit Reader(const Places& places) : places_(places) {}

  LoadedConfig read(JsonNode* root) && {
    http(member(root, "http"));
    keys(member(member(root, "auth"), "keys"));
    media(member(root, "media"));
    rooms(member(root, "rooms"));
    config_.rooms.drain_deadline_s = number<uint32_t>(member(root, "server"), "drain_deadline_s");
    log(member(root, "log"));
    plugins(root);
    return {std::move(config_), std::move(problems_)};
  }

 private:
  void refuse(std::string pointer, std::string detail) {
    problems_.push_back({std::move(pointer), std::move(detail)});
  }

  /// Every element of a list of strings has to pass `is_good`.
  template <class IsGood>
  void check_each(const std::vector<std::string>& values, const std::string& pointer,
                  IsGood is_good, const char* allowed) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (is_good(values[i])) continue;
      refuse(at(pointer, i), in_quotes(values[i]) + " is not allowed; allowed: " + allowed);
    }
  }

  /// Relative to the configuration's directory; empty stays empty.
  std::string path(const std::string& value) const {
    if (value.empty()) return value;
    return (std::filesystem::path(places_.directory) / value).lexically_normal().string();
  }

  void http(JsonNode* node) {
    config_.http.listen = texts(node, "listen");
    config_.http.cors_origins = texts(node, "cors_origins");
    config_.http.static_dir = path(text(node, "static_dir"));
    check_each(
        config_.http.listen, "/http/listen",
        [](const std::string& value) { return parse_endpoint(value).has_value(); },
        "an IP address and a port, like \"127.0.0.1:8080\" or \"[::1]:8080\"");
    check_each(config_.http.cors_origins, "/http/cors_origins", is_origin,
               "\"*\", or an origin without path, like \"https://talk.example.org\"");
    tls(member(node, "tls"));
    std::error_code error;
    if (const std::string& dir = config_.http.static_dir;
        !dir.empty() && !std::filesystem::is_directory(dir, error)) {
      refuse("/http/static_dir",
             in_quotes(dir) + " is no directory; allowed: a directory, or \"\"");
    }
  }

  void tls(JsonNode* node) {
    http::TlsFiles& files = config_.http.tls;
    files = {path(text(node, "certificate")), path(text(node, "key"))};
    if (files.certificate.empty() != files.key.empty()) {
      return refuse("/http/tls", "one of certificate and key is missing; allowed: both or none");
    }
    if (const auto loaded = http::load_certificate(files); !loaded) {
      refuse("/http/tls",
             loaded.error().message + "; allowed: two PEM files, a certificate and its key");
    }
  }

  void keys(JsonNode* list) {
    std::set<std::string> ids;
    for (JsonNode* node : elements_of(list)) {
      const std::string pointer = at("/auth/keys", config_.http.keys.size());
      http::ApiKey key{text(node, "id"), "", texts(node, "scopes")};
      if (!is_key_id(key.id)) {
        refuse(pointer + "/id", in_quotes(key.id) + " is not allowed; allowed: A-Z a-z 0-9 _ ~ -");
      } else if (!ids.insert(key.id).second) {
        refuse(pointer + "/id",
               in_quotes(key.id) + " is the id of an earlier key; allowed: an id of its own");
      }
      const bool from_file = !text(node, "secret_file").empty();
      const std::string secret_pointer = pointer + (from_file ? "/secret_file" : "/secret");
      if (from_file == !text(node, "secret").empty()) {
        refuse(pointer, from_file ? "has a secret and a secret_file; allowed: one of them"
                                  : "has no secret; allowed: either secret or secret_file");
      } else if (auto secret = from_file ? secret_of_file(node, secret_pointer)
                                         : secret_of_text(node, secret_pointer)) {
        key.secret = std::move(*secret);
        check_secret(key, secret_pointer);
      }
      config_.http.keys.push_back(std::move(key));
    }
  }

  void check_secret(const http::ApiKey& key, const std::string& pointer) {
    if (!is_secret(key.secret)) {
      return refuse(pointer,
                    "this secret has white space or characters beyond ASCII; allowed: visible "
                    "ASCII characters");
    }
    if (is_dev_key(key.id, key.secret)) {
      if (are_loopback(config_.http.listen)) return;
      return refuse(pointer,
                    "everybody knows the key dev with the secret devsecret; allowed: only while "
                    "every address of "
                    "/http/listen is loopback");
    }
    if (key.secret.size() < kMinSecretLength) {
      refuse(pointer, "this secret has " + std::to_string(key.secret.size()) +
                          " characters; allowed: at least " + std::to_string(kMinSecretLength));
    }
  }

  /// The value of "secret", or of the environment variable it names. Nothing: it was refused.
  std::optional<std::string> secret_of_text(JsonNode* node, const std::string& pointer) {
    std::string value = text(node, "secret");
    if (value.find("${") == std::string::npos) return value;
    if (value.rfind("${", 0) != 0 || value.find('}') != value.size() - 1) {
      refuse(pointer,
             "this secret has \"${\" within it; allowed: a secret without, or nothing but ${NAME}");
      return std::nullopt;
    }
    const std::string name = value.substr(2, value.size() - 3);
    const char* variable = std::getenv(name.c_str());
    if (variable && *variable) return variable;
    refuse(pointer, "the environment variable " + in_quotes(name) +
                        " is not set; allowed: one that holds the secret");
    return std::nullopt;
  }

  std::optional<std::string> secret_of_file(JsonNode* node, const std::string& pointer) {
    const std::string file = path(text(node, "secret_file"));
    char* data = nullptr;
    GError* error = nullptr;
    if (!g_file_get_contents(file.c_str(), &data, nullptr, &error)) {
      const glib::ErrorPtr owner(error);
      refuse(pointer, owner->message + std::string("; allowed: a file that can be read"));
      return std::nullopt;
    }
    const glib::StringPtr owner(data);
    return std::string(g_strchomp(data));
  }

  void media(JsonNode* node) {
    config_.media.addresses = texts(node, "addresses");
    check_each(config_.media.addresses, "/media/addresses", is_ip_address,
               "an IP address, like \"203.0.113.7\" or \"2001:db8::7\"");
    const std::vector<JsonNode*> ports = elements_of(member(node, "ports"));
    config_.media.first_port = static_cast<uint16_t>(json_node_get_int(ports[0]));
    config_.media.last_port = static_cast<uint16_t>(json_node_get_int(ports[1]));
    config_.media.peer_timeout_s = number<uint32_t>(node, "peer_timeout_s");
    config_.media.path = *media::parse_path(text(node, "path"));
    config_.media.lanes = number<uint32_t>(node, "lanes");
    check_ports();
    external_addresses(member(node, "external_addresses"));
    ice_servers(member(node, "ice_servers"));
  }

  void external_addresses(JsonNode* object) {
    for (const std::string& local : glib::names_of(object)) {
      const std::string pointer = "/media/external_addresses/" + local;
      const std::string external = text(object, local.c_str());
      const std::vector<std::string>& known = config_.media.addresses;
      if (!known.empty() && std::find(known.begin(), known.end(), local) == known.end()) {
        refuse(pointer, "\"" + local + "\" is not in media.addresses; allowed: one that is");
      } else if (!is_ip_address(external)) {
        refuse(pointer, "\"" + external + "\" is not allowed; allowed: an IP address");
      }
      config_.media.external_addresses[local] = external;
    }
  }

  void check_ports() {
    const int first = config_.media.first_port, last = config_.media.last_port;
    // On the pipeline path two participants make the smallest conversation; a lane needs one port.
    const size_t each = std::max<size_t>(config_.media.addresses.size(), 1);
    const auto needed = config_.media.path == media::PathKind::Pipeline
                            ? static_cast<int>(2 * each)
                            : static_cast<int>(std::max(config_.media.lanes, 1u));
    if (last - first + 1 >= needed) return;
    refuse("/media/ports",
           "[" + std::to_string(first) + ", " + std::to_string(last) +
               "] is not allowed; allowed: first and last port of a range of at least " +
               std::to_string(needed));
  }

  void ice_servers(JsonNode* list) {
    for (JsonNode* node : elements_of(list)) {
      const std::string pointer = at("/media/ice_servers", config_.http.ice_servers.size());
      http::IceServer server{texts(node, "urls"), ""};
      check_each(server.urls, pointer + "/urls", is_ice_url,
                 "a URI like \"stun:stun.example.org:3478\" or \"turn:turn.example.org:3478\"");
      server.secret = secret_of_text(node, pointer + "/secret").value_or("");
      config_.http.ice_servers.push_back(std::move(server));
    }
  }

  void rooms(JsonNode* node) {
    config_.rooms.auto_create = flag(node, "auto_create");
    config_.rooms.max_rooms = number<uint32_t>(node, "max_rooms");
    config_.rooms.max_participants = number<uint32_t>(node, "max_participants");
    config_.rooms.empty_timeout_s = number<uint32_t>(node, "empty_timeout_s");
    config_.rooms.max_audio_slots = number<uint32_t>(node, "max_audio_slots");
    config_.rooms.max_video_slots = number<uint32_t>(node, "max_video_slots");
  }

  void log(JsonNode* node) {
    const std::string level = text(node, "level");
    config_.log_level = level == "error"     ? log::Level::Error
                        : level == "warning" ? log::Level::Warning
                        : level == "debug"   ? log::Level::Debug
                                             : log::Level::Info;
    config_.log_format = text(node, "format") == "json" ? log::Format::Json : log::Format::Text;
  }

  void plugins(JsonNode* root) {
    std::set<std::string> names;
    bool metrics_are_served = false;
    for (JsonNode* node : elements_of(member(root, "plugins"))) {
      plugin::PluginRequest request{text(node, "name"),
                                    path(text(node, "path")),
                                    flag(node, "required"),
                                    glib::to_text(member(node, "config")),
                                    flag(node, "serves_metrics"),
                                    {},
                                    false};
      request.disable_when_slow = flag(node, "disable_when_slow");
      request.public_metrics = flag(node, "public_metrics");
      if (request.public_metrics && !request.serves_metrics) {
        refuse(at("/plugins", config_.plugins.plugins.size()) + "/public_metrics",
               "needs serves_metrics; allowed: true with it, or false");
      }
      JsonNode* limits = member(node, "time_limits");
      request.time_limits.lane_us = number<uint32_t>(limits, "lane_us");
      request.time_limits.control_ms = number<uint32_t>(limits, "control_ms");
      if (!names.insert(request.name).second) {
        refuse(at("/plugins", config_.plugins.plugins.size()) + "/name",
               in_quotes(request.name) +
                   " is the name of an earlier plugin; allowed: a name of its own");
      }
      if (request.serves_metrics && std::exchange(metrics_are_served, true)) {
        refuse(at("/plugins", config_.plugins.plugins.size()) + "/serves_metrics",
               "an earlier plugin serves them; allowed: one plugin with true");
      }
      config_.plugins.plugins.push_back(std::move(request));
    }
    for (const std::string& dir : texts(root, "plugin_dirs")) {
      config_.plugins.plugin_dirs.push_back(path(dir));
    }
    if (config_.plugins.plugin_dirs.empty()) config_.plugins.plugin_dirs = places_.plugin_dirs;
  }

  const Places& places_;
  Config config_;
  std::vector<glib::SchemaProblem> problems_;
};

}  // namespace

LoadedConfig parse_config(std::string_view text, const Places& places) {
  Result<glib::JsonPtr> root = glib::parse_json(glib::without_comments(text));
  if (!root) return {{}, {{"", root.error().message}}};
  auto problems = config_schema().apply(root->get(), true);
  if (!problems.empty()) return {{}, std::move(problems)};
  return Reader(places).read(root->get());
}

LoadedConfig load_config(const std::string& file, const std::vector<std::string>& plugin_dirs) {
  char* data = nullptr;
  gsize size = 0;
  GError* error = nullptr;
  if (!g_file_get_contents(file.c_str(), &data, &size, &error)) {
    const glib::ErrorPtr owner(error);
    return {{}, {{"", owner->message}}};
  }
  const glib::StringPtr owner(data);
  const auto directory = std::filesystem::absolute(file).parent_path();
  return parse_config({data, size}, {directory.string(), plugin_dirs});
}

}  // namespace veche::main
