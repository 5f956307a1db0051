// SPDX-License-Identifier: Apache-2.0
// Routes about plugins: list, read, disable and enable. For routes of plugins see plugin_routes.
#include <algorithm>
#include <utility>

#include "glib/json.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/views.hpp"

namespace veche::http {
namespace {

Response list_plugins(const plugin::Host& host) {
  glib::JsonWriter json;
  json.begin_object().key("plugins").begin_array();
  for (const plugin::PluginInfo& plugin : host.plugins()) write_plugin(json, plugin);
  return json_response(200, json.end_array().end_object().text());
}

Response represent_plugin(const plugin::Host& host, const std::string& name) {
  const std::vector<plugin::PluginInfo> all = host.plugins();
  const auto found = std::find_if(all.begin(), all.end(), [&](const plugin::PluginInfo& plugin) {
    return plugin.name == name;
  });
  if (found == all.end()) return problem(not_found("There is no plugin of that name."));
  glib::JsonWriter json;
  write_plugin(json, *found);
  return json_response(200, json.text());
}

void change_plugin(plugin::Host& host, const Request& request, const Reply& reply) {
  const std::string& name = request.param("plugin");
  Checked<PluginPatch> patch = read_plugin_patch(request.body);
  if (!patch) return reply(problem(std::move(patch.problems)));
  if (!patch.value.enabled) return reply(represent_plugin(host, name));
  // The answer may come after this server is gone, but never after the host.
  const auto answer = [&host, name, reply](const Status& status) {
    reply(status ? represent_plugin(host, name) : problem(status.error()));
  };
  if (*patch.value.enabled) {
    answer(host.enable(name));
  } else {
    host.disable(name, answer);
  }
}

}  // namespace

void add_plugin_routes(Router& router, Api& api) {
  plugin::Host& host = api.plugins;
  const auto add = [&](const char* method, const char* pattern, Access access, BodyKind body,
                       Handler handler, Operation operation) {
    operation.tag = "Plugins";
    router.add({.method = method,
                .pattern = pattern,
                .access = access,
                .body = body,
                .handler = std::move(handler),
                .operation = std::move(operation)});
  };
  const std::string one = plugin_schema();
  add("GET", "/v1/plugins", Access::ReadServer, BodyKind::Nothing,
      at_once([&host](const Request&) { return list_plugins(host); }),
      {.id = "listPlugins",
       .summary = "Lists the plugins",
       .outcomes = {{200, "All of them.",
                     R"({"type": "object", "required": ["plugins"], "properties": {
                         "plugins": {"type": "array", "items": )" +
                         one + "}}}"}}});
  add("GET", "/v1/plugins/{plugin}", Access::ReadServer, BodyKind::Nothing,
      at_once([&host](const Request& request) {
        return represent_plugin(host, request.param("plugin"));
      }),
      {.id = "getPlugin",
       .summary = "Reads a plugin",
       .outcomes = {{200, "The plugin.", one}},
       .problems = {404}});
  add("PATCH", "/v1/plugins/{plugin}", Access::Administer, BodyKind::MergePatch,
      [&host](const Request& request, const Reply& reply) { change_plugin(host, request, reply); },
      {.id = "patchPlugin",
       .summary = "Disables or enables a plugin while calls go on",
       .outcomes = {{200, "The plugin.", one}},
       .problems = {404, 409},
       .body = plugin_body_schema(),
       .example = R"({"enabled": false})"});
}

}  // namespace veche::http
