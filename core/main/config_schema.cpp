// SPDX-License-Identifier: Apache-2.0
// The schema of the configuration file, of its sections.
#include "main/config_schema.hpp"

#include "main/config_sections.hpp"

namespace veche::main {
namespace {

constexpr char kServer[] = R"json({
  "type": "object", "default": {}, "description": "The process.",
  "properties": {
    "drain_deadline_s": {
      "type": "integer", "minimum": 0, "maximum": 86400, "default": 30,
      "description": "After SIGTERM the server refuses new participants, and exits when all calls have ended, or after this many seconds. 0: at once. Keep it below the time that the service manager waits (`TimeoutStopSec`, `terminationGracePeriodSeconds`)."
    }
  }
})json";

constexpr char kLog[] = R"json({
  "type": "object", "default": {}, "description": "The log on standard error.",
  "properties": {
    "level": {
      "type": "string", "enum": ["error", "warning", "info", "debug"], "default": "info",
      "description": "The server does not log lines that are less important than this."
    },
    "format": {
      "type": "string", "enum": ["text", "json"], "default": "text",
      "description": "`json`: one object on each line."
    }
  }
})json";

constexpr char kPluginDirs[] = R"json({
  "type": "array", "maxItems": 16, "items": { "type": "string", "minLength": 1, "maxLength": 4096 },
  "default": [],
  "description": "Directories in which the server looks for plugins. Empty: `plugins` beside the executable, then the installed plugins."
})json";

std::string schema_of_all() {
  const std::pair<const char*, std::string> sections[] = {
      {"http", http_section()},       {"server", kServer},          {"auth", auth_section()},
      {"media", media_section()},     {"rooms", rooms_section()},   {"log", kLog},
      {"plugins", plugins_section()}, {"events", events_section()}, {"plugin_dirs", kPluginDirs}};
  std::string properties;
  for (const auto& [name, schema] : sections) {
    properties += properties.empty() ? "\"" : ", \"";
    properties.append(name).append("\": ").append(schema);
  }
  return R"({"type": "object", "properties": {)" + properties + "}}";
}

}  // namespace

const glib::JsonSchema& config_schema() {
  static const Result<glib::JsonSchema> schema = glib::JsonSchema::parse(schema_of_all());
  return schema.value();
}

}  // namespace veche::main
