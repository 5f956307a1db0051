// SPDX-License-Identifier: Apache-2.0
// The schema of what the configuration says of callers.
#include "main/config_sections.hpp"

namespace veche::main {

std::string auth_section() {
  return R"json({
  "type": "object", "default": {}, "description": "Who may call the API.",
  "properties": {
    "keys": {
      "type": "array", "maxItems": 1000, "default": [],
      "description": "API keys. Callers send `Authorization: Bearer <id>.<secret>`. If there is no key, the server makes one at start, prints it, and accepts it until it exits.",
      "items": {
        "type": "object", "required": ["id", "scopes"],
        "properties": {
          "id": {
            "type": "string", "minLength": 1, "maxLength": 64, "examples": ["backend"],
            "description": "Names the key in requests, tokens and logs: `A-Z a-z 0-9 _ ~ -`. Each key has a different one."
          },
          "secret": {
            "type": "string", "maxLength": 512, "default": "", "writeOnly": true, "examples": ["${VECHE_BACKEND_SECRET}"],
            "description": "At least 16 visible ASCII characters, or `${NAME}` for the environment variable of that name. Either this or `secret_file`. The key `dev` with the secret `devsecret` is for trials: the server refuses it unless every address of `http.listen` is loopback."
          },
          "secret_file": {
            "type": "string", "maxLength": 4096, "default": "",
            "description": "A file that holds the secret; the server ignores white space at its end."
          },
          "scopes": {
            "type": "array", "minItems": 1, "maxItems": 4,
            "items": { "type": "string", "enum": ["admin", "rooms", "read", "metrics"] },
            "examples": [["rooms"]],
            "description": "What the key may do: `admin` everything, `rooms` everything below `/v1/rooms`, `read` reads everything and changes nothing, `metrics` reads the metrics."
          }
        }
      }
    },
    "signing_keys": {
      "type": "array", "maxItems": 2, "default": [],
      "description": "Keys of join tokens. The server signs with the first one, and accepts tokens of both. If there is none, the server makes one at start: tokens then end with the process, and no backend can sign any.",
      "items": {
        "type": "object", "required": ["kid"],
        "properties": {
          "kid": {
            "type": "string", "minLength": 1, "maxLength": 64, "examples": ["2025-01"],
            "description": "Names the key in the header of its tokens: `A-Z a-z 0-9 _ . ~ -`. Each key has a different one."
          },
          "secret": {
            "type": "string", "maxLength": 512, "default": "", "writeOnly": true, "examples": ["${VECHE_SIGNING_SECRET}"],
            "description": "At least 32 visible ASCII characters, or `${NAME}` for the environment variable of that name. Either this or `secret_file`. No API key has the same. The server refuses the secret of the examples unless every address of `http.listen` is loopback."
          },
          "secret_file": {
            "type": "string", "maxLength": 4096, "default": "",
            "description": "A file that holds the secret; the server ignores white space at its end."
          }
        }
      }
    }
  }
})json";
}

}  // namespace veche::main
