// SPDX-License-Identifier: Apache-2.0
// The configuration file as the settings of every layer, or the list of what is wrong with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "events/settings.hpp"
#include "events/webhooks/webhook.hpp"
#include "glib/json_schema.hpp"
#include "http/server.hpp"
#include "media/settings.hpp"
#include "plugin/host.hpp"
#include "room/types.hpp"

namespace veche::main {

struct Config {
  http::Settings http;
  media::Settings media;
  room::Limits rooms;
  events::WebhookSettings webhooks;
  plugin::HostSettings plugins;
  events::Settings events;
  log::Level log_level = log::Level::Info;
  log::Format log_format = log::Format::Text;
};

/// Where a configuration's relative paths begin, and the default directories of plugins.
struct Places {
  std::string directory;
  std::vector<std::string> plugin_dirs;
};

struct LoadedConfig {
  Config config;  ///< Usable only without problems.
  /// With pointers into the whole configuration.
  std::vector<glib::SchemaProblem> problems;
  /// What works, and is seldom wanted.
  std::vector<glib::SchemaProblem> advice = {};
};

/// Checks everything but the plugins' own parts. Reads secret files and environment variables.
LoadedConfig parse_config(std::string_view text, const Places& places);

/// The same for a file, whose directory its relative paths begin in.
LoadedConfig load_config(const std::string& file, const std::vector<std::string>& plugin_dirs);

}  // namespace veche::main
