// SPDX-License-Identifier: Apache-2.0
// The schema of what the configuration says of plugins.
#include "main/config_sections.hpp"

namespace veche::main {

std::string plugins_section() {
  return R"json({
  "type": "array", "maxItems": 32, "default": [{ "name": "forwarding" }],
  "description": "Plugins, loaded in this order.",
  "items": {
    "type": "object", "required": ["name"],
    "properties": {
      "name": {
        "type": "string", "minLength": 1, "maxLength": 32, "examples": ["forwarding"],
        "description": "The server looks for `<name>.so` in `plugin_dirs`, and rooms configure the plugin under this name. Each plugin has a different one, which no field of rooms, snapshots or events has."
      },
      "path": {
        "type": "string", "maxLength": 4096, "default": "",
        "description": "The plugin's file, instead of a search in `plugin_dirs`."
      },
      "required": {
        "type": "boolean", "default": false,
        "description": "Whether the server refuses to start without the plugin."
      },
      "serves_metrics": {
        "type": "boolean", "default": false,
        "description": "Whether the plugin's route of that name answers `GET /metrics`, for keys with the scope `metrics`. At most one plugin."
      },
      "public_metrics": {
        "type": "boolean", "default": false,
        "description": "Whether `GET /metrics` needs no key. Only if no stranger can reach the address."
      },
      "time_limits": {
        "type": "object", "default": {},
        "description": "How long one call of the plugin may take. The server counts longer calls, and reports them in the log once a minute.",
        "properties": {
          "lane_us": {
            "type": "integer", "minimum": 1, "maximum": 100000, "default": 500,
            "description": "The limit of a call on a lane, where packets wait for it."
          },
          "control_ms": {
            "type": "integer", "minimum": 1, "maximum": 10000, "default": 50,
            "description": "The limit of a call on the control thread, where everything else waits for it."
          }
        }
      },
      "disable_when_slow": {
        "type": "boolean", "default": false,
        "description": "Whether the server disables the plugin, while voice calls continue, when ten calls of it within ten seconds have taken longer than their limit."
      },
      "config": {
        "type": "object", "additionalProperties": true, "default": {},
        "description": "The plugin's own settings. Each plugin describes and checks them itself."
      }
    }
  }
})json";
}

}  // namespace veche::main
