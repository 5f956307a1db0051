// SPDX-License-Identifier: Apache-2.0
// Checks everything, then swaps it layer by layer.
#include "main/reload.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/time.hpp"
#include "main/config_checks.hpp"
#include "main/crash_line.hpp"

namespace veche::main {
namespace {

using plugin::PluginRequest;

const PluginRequest* find(const std::vector<PluginRequest>& plugins, const std::string& name) {
  const auto found = std::find_if(plugins.begin(), plugins.end(),
                                  [&](const PluginRequest& each) { return each.name == name; });
  return found == plugins.end() ? nullptr : &*found;
}

/// Which plugins there are, in which order, and from where: they are loaded once.
bool are_same_plugins(const std::vector<PluginRequest>& left,
                      const std::vector<PluginRequest>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const PluginRequest& one, const PluginRequest& other) {
                      return one.name == other.name && one.path == other.path;
                    });
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Of the configuration.
std::string text_of(const glib::SchemaProblem& problem) {
  return std::string("configuration: ").append(problem.pointer).append(": ").append(problem.detail);
}

}  // namespace

void log_advice(const std::vector<glib::SchemaProblem>& advice) {
  for (const glib::SchemaProblem& each : advice) log::warning("main", text_of(each));
}

std::vector<std::string> restart_needed(const Config& running, const Config& next) {
  std::vector<std::string> keys;
  const auto compare = [&keys](const char* key, const auto& left, const auto& right) {
    if (!(left == right)) keys.emplace_back(key);
  };
  compare("http.listen", running.http.listen, next.http.listen);
  // Only that there is TLS, not with which certificate.
  compare("http.tls", running.http.tls.certificate.empty(), next.http.tls.certificate.empty());
  const media::Settings &old_media = running.media, &media = next.media;
  compare("media.addresses", old_media.addresses, media.addresses);
  compare("media.ports", std::pair(old_media.first_port, old_media.last_port),
          std::pair(media.first_port, media.last_port));
  compare("media.path", old_media.path, media.path);
  compare("media.external_addresses", old_media.external_addresses, media.external_addresses);
  compare("media.peer_timeout_s", old_media.peer_timeout_s, media.peer_timeout_s);
  compare("media.lanes", old_media.lanes, media.lanes);
  compare("media.without_selector", old_media.is_silent_without_selector,
          media.is_silent_without_selector);
  compare("media.dscp", old_media.dscp, media.dscp);
  compare("events", running.events, next.events);
  if (!are_same_plugins(running.plugins.plugins, next.plugins.plugins)) {
    keys.emplace_back("plugins");
  }
  compare("plugin_dirs", running.plugins.plugin_dirs, next.plugins.plugin_dirs);
  return keys;
}

std::vector<PluginRequest> changed_plugins(const Config& started, const Config& current,
                                           const Config& next) {
  std::vector<PluginRequest> changed;
  for (const PluginRequest& request : next.plugins.plugins) {
    const PluginRequest* first = find(started.plugins.plugins, request.name);
    if (!first || first->path != request.path) continue;
    const PluginRequest* last = find(current.plugins.plugins, request.name);
    if (!last || !(*last == request)) changed.push_back(request);
  }
  return changed;
}

std::vector<glib::SchemaProblem> problems_until_restart(const Config& started, const Config& next) {
  std::vector<glib::SchemaProblem> problems;
  if (are_loopback(started.http.listen)) return problems;
  for (size_t i = 0; i < next.http.keys.size(); ++i) {
    const http::ApiKey& key = next.http.keys[i];
    if (!is_dev_key(key.id, key.secret)) continue;
    problems.push_back({"/auth/keys/" + std::to_string(i),
                        "this key is public, and until a restart the server listens on more than "
                        "loopback"});
  }
  for (size_t i = 0; i < next.http.signing_keys.size(); ++i) {
    if (!is_dev_signing_secret(next.http.signing_keys[i].secret)) continue;
    problems.push_back({"/auth/signing_keys/" + std::to_string(i),
                        "this secret is public, and until a restart the server listens on more "
                        "than loopback"});
  }
  return problems;
}

Reload::Reload(Config running, std::function<LoadedConfig()> read, plugin::Host& plugins,
               room::Server& rooms, http::Server& http, events::Webhooks& webhooks)
    : started_(std::move(running)),
      current_(started_),
      read_(std::move(read)),
      plugins_(plugins),
      rooms_(rooms),
      http_(http),
      webhooks_(webhooks) {}

void Reload::run() {
  const int64_t begin_ns = monotonic_ns();
  LoadedConfig loaded = read_();
  for (glib::SchemaProblem& problem : problems_until_restart(started_, loaded.config)) {
    loaded.problems.push_back(std::move(problem));
  }
  for (const glib::SchemaProblem& each : loaded.problems) log::error("main", text_of(each));
  const Status used = loaded.problems.empty() ? http_.use(loaded.config.http) : Status(Ok{});
  if (!used) log::error("main", "configuration: " + used.error().message);
  if (!used || !loaded.problems.empty()) {
    return log::error("main", "the configuration is not reloaded; nothing has changed");
  }
  rooms_.use_limits(loaded.config.rooms);
  webhooks_.use(loaded.config.webhooks);
  log::configure(loaded.config.log_level, loaded.config.log_format);
  use_crash_format(loaded.config.log_format);
  log_advice(loaded.advice);
  swap_plugins(loaded.config);
  current_ = std::move(loaded.config);
  std::vector<std::string> keys = restart_needed(started_, current_);
  log::info("main", "the configuration is reloaded, in " +
                        std::to_string((monotonic_ns() - begin_ns) / kNsPerMs) + " ms");
  if (!keys.empty()) log::warning("main", "a restart is needed for " + joined(keys));
  http_.set_restart_needed(std::move(keys));
}

void Reload::swap_plugins(const Config& next) {
  for (const PluginRequest& request : changed_plugins(started_, current_, next)) {
    plugins_.reconfigure(request, [name = request.name](const Status& status) {
      if (status) return log::info("main", name + " has its new settings");
      log::error("main", name + " keeps its old settings: " + status.error().message);
    });
  }
}

}  // namespace veche::main
