// SPDX-License-Identifier: Apache-2.0
// The schema of what the configuration says of the API.
#include "http/server.hpp"
#include "main/config_sections.hpp"

namespace veche::main {
namespace {

/// Of one limit. `what`: what is counted.
std::string rate(const std::string& name, const std::string& what, const http::Rate& standard) {
  return "\"" + name + R"(": {
      "type": "object", "default": {}, "description": ")" +
         what + R"(",
      "properties": {
        "burst": {
          "type": "integer", "minimum": 0, "maximum": 1000000, "default": )" +
         std::to_string(standard.burst) + R"(,
          "description": ")" +
         what + R"(: at most this many at once. 0: no limit."
        },
        "per_s": {
          "type": "integer", "minimum": 1, "maximum": 100000, "default": )" +
         std::to_string(standard.per_s) + R"(,
          "description": "And then this many a second."
        }
      }
    },)";
}

std::string rates() {
  const http::RateLimits standard;
  return rate("offers", "Offers for one participant, with whatever credential", standard.offers) +
         rate("commands", "Commands of one client on its WebSocket", standard.commands) +
         rate("invitations", "Invitations with one API key", standard.invitations) +
         rate("reads", "`GET` requests with one API key", standard.reads) +
         rate("changes", "All other requests with one API key", standard.changes) +
         rate("participant", "Requests with the join token of one participant, except offers",
              standard.participant) +
         rate("address", "Requests without an API key from one address (of IPv6 its first 64 bits)",
              standard.address) +
         rate("announcements", "Announcements to one room, with whatever key",
              standard.announcements);
}

constexpr char kBeforeRates[] = R"json({
  "type": "object", "default": {}, "description": "The control API.",
  "properties": {
    "listen": {
      "type": "array", "minItems": 1, "maxItems": 16, "items": { "type": "string" },
      "default": ["127.0.0.1:8080"], "examples": [["0.0.0.0:8080", "[::]:8080"]],
      "description": "Addresses and ports to listen on, as IP address and port. Port 0 takes a free one. `[::]` takes IPv4 too, unless an IPv4 address of the same port stands beside it. Any address but loopback needs TLS: here, or in a proxy in front."
    },
    "tls": {
      "type": "object", "default": {}, "description": "TLS 1.2 or newer on all of these addresses. SIGHUP reads the files again.",
      "properties": {
        "certificate": {
          "type": "string", "maxLength": 4096, "default": "", "examples": ["fullchain.pem"],
          "description": "A PEM file of the certificate, followed by its chain. Empty: no TLS."
        },
        "key": {
          "type": "string", "maxLength": 4096, "default": "", "examples": ["privkey.pem"],
          "description": "A PEM file of the certificate's private key, without a pass phrase."
        }
      }
    },
    "cors_origins": {
      "type": "array", "maxItems": 64, "items": { "type": "string" },
      "default": [], "examples": [["https://talk.example.org"]],
      "description": "Origins whose pages may call the API from a browser; `*` allows all."
    },
    "static_dir": {
      "type": "string", "maxLength": 4096, "default": "",
      "description": "A directory of files to serve at `/`. Empty: none."
    },
    "api_page": {
      "type": "string", "maxLength": 4096, "default": "", "examples": ["rapidoc-min.js"],
      "description": "A copy of RapiDoc, with which `GET /docs` shows the API: `make api-page` and the Debian package bring one. Empty, or no such file: a plain page."
    },
    "trusted_proxies": {
      "type": "array", "maxItems": 64, "items": { "type": "string" },
      "default": [], "examples": [["127.0.0.1", "10.0.0.0/8"]],
      "description": "IP addresses and prefixes of your proxies. The server takes the client's address from what they say, and limits neither their requests nor their connections as those of one address. Empty: the address is that of the connection."
    },
    "forwarded_field": {
      "type": "string", "enum": ["X-Forwarded-For", "Forwarded"], "default": "X-Forwarded-For",
      "description": "The header in which these proxies tell the client's address. Name the one that they write: they may hand on the other one as the client has sent it."
    },
    "limits": {
      "type": "object", "default": {}, "description": "How often callers may do what costs something. The server answers 429 with `Retry-After` beyond that.",
      "properties": {)json";

constexpr char kAfterRates[] = R"json("connections_per_address": {
          "type": "integer", "minimum": 0, "maximum": 1000000, "default": 3000,
          "description": "Open connections from one address; the server closes others at once. 0: no limit."
        },
        "connections": {
          "type": "integer", "minimum": 0, "maximum": 1000000, "default": 20000,
          "description": "Open connections in total, WebSockets among them. 0: as many as there are descriptors."
        }
      }
    }
  }
})json";

}  // namespace

std::string http_section() { return kBeforeRates + rates() + kAfterRates; }

}  // namespace veche::main
