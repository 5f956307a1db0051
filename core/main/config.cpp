// SPDX-License-Identifier: Apache-2.0
// Reads a configuration that its schema allows into settings, and checks what a schema cannot say.
#include "main/config.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/endpoint.hpp"
#include "glib/ref.hpp"
#include "main/config_checks.hpp"
#include "main/config_reading.hpp"
#include "main/config_schema.hpp"

namespace veche::main {

std::string at(const std::string& parent, size_t index) {
  return glib::child_pointer(parent, std::to_string(index));
}

std::string in_quotes(const std::string& value) {
  const glib::JsonPtr node(json_node_init_string(json_node_alloc(), value.c_str()));
  return glib::to_text(node.get());
}

std::string Reading::path(const std::string& value) const {
  if (value.empty()) return value;
  return (std::filesystem::path(places_.directory) / value).lexically_normal().string();
}

void Reading::refuse(std::string pointer, std::string detail) {
  problems_.push_back({std::move(pointer), std::move(detail)});
}

void Reading::advise(std::string pointer, std::string detail) {
  advice_.push_back({std::move(pointer), std::move(detail)});
}

namespace {

/// Enough for people who join one after the other; each takes about 1 MB and a thread.
constexpr uint32_t kStandbyPeers = 4;

using glib::elements_of;
using glib::member;

void read_external_addresses(Reading& reading, JsonNode* object, media::Settings& settings) {
  for (const std::string& local : glib::names_of(object)) {
    const std::string pointer = "/media/external_addresses/" + local;
    const std::string external = text(object, local.c_str());
    const std::vector<std::string>& known = settings.addresses;
    if (!known.empty() && std::find(known.begin(), known.end(), local) == known.end()) {
      reading.refuse(pointer, "\"" + local + "\" is not in media.addresses; allowed: one that is");
    } else if (!is_ip_address(external)) {
      reading.refuse(pointer, "\"" + external + "\" is not allowed; allowed: an IP address");
    } else if (!is_reachable_address(external)) {
      reading.refuse(pointer,
                     "\"" + external + "\" is not allowed; allowed: an address of one machine");
    }
    settings.external_addresses[local] = external;
  }
}

/// What binds, but leads no client here, or collides once the ports are taken.
void check_addresses(Reading& reading, const media::Settings& settings) {
  const std::vector<std::string>& all = settings.addresses;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_ip_address(all[i])) continue;  // It has been refused.
    const auto refuse = [&](const std::string& why) {
      reading.refuse(at("/media/addresses", i), "\"" + all[i] + "\" " + why);
    };
    const auto earlier =
        std::find_if(all.begin(), all.begin() + static_cast<ptrdiff_t>(i),
                     [&](const std::string& other) { return are_same_address(other, all[i]); });
    if (is_wildcard(all[i])) {
      if (settings.external_addresses.count(all[i]) == 0) {
        refuse(
            "is no address that clients can send to; allowed: addresses of this machine, or "
            "[] for all of them, or an entry of media.external_addresses for it");
      }
    } else if (!is_reachable_address(all[i])) {
      refuse("is not an address of one machine; allowed: an address of this machine");
    }
    if (earlier != all.begin() + static_cast<ptrdiff_t>(i)) {
      refuse("is the same as \"" + *earlier + "\"; allowed: each address once");
    }
  }
}

void check_ports(Reading& reading, const media::Settings& settings) {
  const int first = settings.first_port, last = settings.last_port;
  // On the pipeline path two participants make the smallest conversation; a lane needs one port.
  const size_t each = std::max<size_t>(settings.addresses.size(), 1);
  const auto needed =
      settings.path == media::PathKind::Pipeline
          ? static_cast<int>(2 * each)
          : static_cast<int>(settings.lanes == 0 ? media::default_lanes() : settings.lanes);
  if (last - first + 1 >= needed) return;
  reading.refuse("/media/ports",
                 "[" + std::to_string(first) + ", " + std::to_string(last) +
                     "] is not allowed; allowed: first and last port of a range of at least " +
                     std::to_string(needed));
}

void read_media(Reading& reading, JsonNode* node, media::Settings& settings) {
  settings.addresses = texts(node, "addresses");
  reading.check_each(settings.addresses, "/media/addresses", is_ip_address,
                     "an IP address, like \"203.0.113.7\" or \"2001:db8::7\"");
  const std::vector<JsonNode*> ports = elements_of(member(node, "ports"));
  settings.first_port = static_cast<uint16_t>(json_node_get_int(ports[0]));
  settings.last_port = static_cast<uint16_t>(json_node_get_int(ports[1]));
  settings.peer_timeout_s = get<uint32_t>(node, "peer_timeout_s");
  settings.path = *media::parse_path(text(node, "path"));
  settings.lanes = get<uint32_t>(node, "lanes");
  settings.dscp = static_cast<uint8_t>(get<uint32_t>(node, "dscp"));
  settings.is_silent_without_selector = text(node, "without_selector") == "nobody";
  settings.standby_peers = kStandbyPeers;
  check_ports(reading, settings);
  read_external_addresses(reading, member(node, "external_addresses"), settings);
  check_addresses(reading, settings);
}

void read_rooms(JsonNode* node, room::Limits& limits) {
  limits.auto_create = get<bool>(node, "auto_create");
  limits.max_rooms = get<uint32_t>(node, "max_rooms");
  limits.max_participants = get<uint32_t>(node, "max_participants");
  limits.empty_timeout_s = get<uint32_t>(node, "empty_timeout_s");
  limits.max_audio_slots = get<uint32_t>(node, "max_audio_slots");
  limits.max_video_slots = get<uint32_t>(node, "max_video_slots");
  limits.audio_rates = {get<uint32_t>(node, "audio_packets_per_s"),
                        get<uint32_t>(node, "audio_bitrate_bps")};
}

void read_log(JsonNode* node, Config& config) {
  const std::string level = text(node, "level");
  config.log_level = level == "error"     ? log::Level::Error
                     : level == "warning" ? log::Level::Warning
                     : level == "debug"   ? log::Level::Debug
                                          : log::Level::Info;
  config.log_format = text(node, "format") == "json" ? log::Format::Json : log::Format::Text;
}

plugin::PluginRequest read_plugin(const Reading& reading, JsonNode* node) {
  JsonNode* limits = member(node, "time_limits");
  return {.name = text(node, "name"),
          .path = reading.path(text(node, "path")),
          .required = get<bool>(node, "required"),
          .config = glib::to_text(member(node, "config")),
          .serves_metrics = get<bool>(node, "serves_metrics"),
          .time_limits = {.lane_us = get<uint32_t>(limits, "lane_us"),
                          .control_ms = get<uint32_t>(limits, "control_ms")},
          .disable_when_slow = get<bool>(node, "disable_when_slow"),
          .public_metrics = get<bool>(node, "public_metrics")};
}

void read_plugins(Reading& reading, JsonNode* root, plugin::HostSettings& settings) {
  std::set<std::string> names;
  bool metrics_are_served = false;
  for (JsonNode* node : elements_of(member(root, "plugins"))) {
    const std::string pointer = at("/plugins", settings.plugins.size());
    plugin::PluginRequest request = read_plugin(reading, node);
    if (request.public_metrics && !request.serves_metrics) {
      reading.refuse(pointer + "/public_metrics",
                     "needs serves_metrics; allowed: true with it, or false");
    }
    if (!names.insert(request.name).second) {
      reading.refuse(pointer + "/name",
                     in_quotes(request.name) +
                         " is the name of an earlier plugin; allowed: a name of its own");
    }
    if (request.serves_metrics && std::exchange(metrics_are_served, true)) {
      reading.refuse(pointer + "/serves_metrics",
                     "an earlier plugin serves them; allowed: one plugin with true");
    }
    settings.plugins.push_back(std::move(request));
  }
  for (const std::string& dir : texts(root, "plugin_dirs")) {
    settings.plugin_dirs.push_back(reading.path(dir));
  }
  if (settings.plugin_dirs.empty()) settings.plugin_dirs = reading.places().plugin_dirs;
}

}  // namespace

LoadedConfig parse_config(std::string_view text, const Places& places) {
  Result<glib::JsonPtr> root = glib::parse_json(glib::without_comments(text));
  if (!root && !root.error().fields.empty()) return {{}, root.error().fields};
  if (!root) return {{}, {{"", root.error().message}}};
  auto problems = config_schema().apply(root->get(), true);
  if (!problems.empty()) return {{}, std::move(problems)};
  Config config;
  Reading reading(places);
  read_http(reading, root->get(), config.http);
  read_media(reading, member(root->get(), "media"), config.media);
  read_ice_servers(reading, root->get(), config.http);
  read_rooms(member(root->get(), "rooms"), config.rooms);
  config.rooms.drain_deadline_s = get<uint32_t>(member(root->get(), "server"), "drain_deadline_s");
  read_webhooks(reading, member(root->get(), "events"), config.webhooks);
  read_log(member(root->get(), "log"), config);
  read_plugins(reading, root->get(), config.plugins);
  read_events(reading, root->get(), config.events);
  return {std::move(config), std::move(reading.problems()), std::move(reading.advice())};
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
