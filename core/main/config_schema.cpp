// SPDX-License-Identifier: Apache-2.0
// The schema of the configuration file.
#include "main/config_schema.hpp"

namespace veche::main {
namespace {

constexpr const char* kSchema = R"json({
"type": "object",
"properties": {
  "http": {
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
        "properties": {
          "offers": {
            "type": "object", "default": {}, "description": "Offers for one participant, with whatever credential",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 5,
                "description": "Offers for one participant, with whatever credential: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 1,
                "description": "And then this many a second."
              }
            }
          },
          "commands": {
            "type": "object", "default": {}, "description": "Commands of one client on its WebSocket",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 20,
                "description": "Commands of one client on its WebSocket: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 5,
                "description": "And then this many a second."
              }
            }
          },
          "invitations": {
            "type": "object", "default": {}, "description": "Invitations with one API key",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 2000,
                "description": "Invitations with one API key: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
                "description": "And then this many a second."
              }
            }
          },
          "reads": {
            "type": "object", "default": {}, "description": "`GET` requests with one API key",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 2000,
                "description": "`GET` requests with one API key: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
                "description": "And then this many a second."
              }
            }
          },
          "changes": {
            "type": "object", "default": {}, "description": "All other requests with one API key",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 2000,
                "description": "All other requests with one API key: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
                "description": "And then this many a second."
              }
            }
          },
          "participant": {
            "type": "object", "default": {}, "description": "Requests with the join token of one participant, except offers",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 60,
                "description": "Requests with the join token of one participant, except offers: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 10,
                "description": "And then this many a second."
              }
            }
          },
          "address": {
            "type": "object", "default": {}, "description": "Requests without an API key from one address (of IPv6 its first 64 bits)",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 5000,
                "description": "Requests without an API key from one address (of IPv6 its first 64 bits): at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
                "description": "And then this many a second."
              }
            }
          },
          "announcements": {
            "type": "object", "default": {}, "description": "Announcements to one room, with whatever key",
            "properties": {
              "burst": {
                "type": "integer", "minimum": 0, "maximum": 1000000, "default": 10,
                "description": "Announcements to one room, with whatever key: at most this many at once. 0: no limit."
              },
              "per_s": {
                "type": "integer", "minimum": 1, "maximum": 100000, "default": 2,
                "description": "And then this many a second."
              }
            }
          },
          "connections_per_address": {
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
  },
  "server": {
    "type": "object", "default": {}, "description": "The process.",
    "properties": {
      "drain_deadline_s": {
        "type": "integer", "minimum": 0, "maximum": 86400, "default": 30,
        "description": "After SIGTERM the server refuses new participants, and exits when all calls have ended, or after this many seconds. 0: at once. Keep it below the time that the service manager waits (`TimeoutStopSec`, `terminationGracePeriodSeconds`)."
      }
    }
  },
  "auth": {
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
  },
  "media": {
    "type": "object", "default": {}, "description": "How voice travels.",
    "properties": {
      "addresses": {
        "type": "array", "maxItems": 16, "items": { "type": "string" },
        "default": ["127.0.0.1"], "examples": [["203.0.113.7"]],
        "description": "Local IP addresses to send and receive media on, each once. Empty: all but loopback. `0.0.0.0` or `::` only if `external_addresses` has the address that clients use."
      },
      "ports": {
        "type": "array", "minItems": 2, "maxItems": 2,
        "items": { "type": "integer", "minimum": 1024, "maximum": 65535 },
        "default": [40000, 40999],
        "description": "The first and the last UDP port for media. The `wire` path takes the first free ones at start, one for each lane, the same on every address; on the `pipeline` path a participant takes one port on every address."
      },
      "path": {
        "type": "string", "enum": ["wire", "pipeline"], "default": "wire",
        "description": "How packets travel between the network and the server's lanes, unless a room says otherwise: `wire` is through one UDP port for each lane (ICE-Lite), `pipeline` through GStreamer's own elements, at several times the cost."
      },
      "external_addresses": {
        "type": "object", "default": {}, "additionalProperties": { "type": "string" }, "examples": [{"10.0.0.5": "203.0.113.7"}],
        "description": "For a server behind a NAT that maps its addresses one to one: the address that clients use, by the local address. For the `wire` path."
      },
      "peer_timeout_s": {
        "type": "integer", "minimum": 3, "maximum": 3600, "default": 15,
        "description": "The server removes a participant from which nothing at all has arrived for this many seconds."
      },
      "lanes": {
        "type": "integer", "minimum": 0, "maximum": 64, "default": 0,
        "description": "Threads that forward packets. 0: one for each processor, 64 at most."
      },
      "dscp": {
        "type": "integer", "minimum": 0, "maximum": 63, "default": 46,
        "description": "Marks the packets that the server sends, where the host allows it, so that networks may prefer voice (RFC 8837). 46 is Expedited Forwarding. 0: no mark."
      },
      "ice_servers": {
        "type": "array", "maxItems": 16, "default": [],
        "description": "STUN and TURN servers that the server announces to clients.",
        "items": {
          "type": "object", "required": ["urls"],
          "properties": {
            "urls": {
              "type": "array", "minItems": 1, "maxItems": 16, "items": { "type": "string" },
              "examples": [["turn:turn.example.org:3478"]],
              "description": "`stun:`, `stuns:`, `turn:` or `turns:` URIs."
            },
            "secret": {
              "type": "string", "maxLength": 512, "default": "", "writeOnly": true, "examples": ["${VECHE_TURN_SECRET}"],
              "description": "The secret shared with the TURN server, or `${NAME}`. The server makes credentials that expire from it, for each client. Empty: no credentials."
            }
          }
        }
      }
    }
  },
  "rooms": {
    "type": "object", "default": {}, "description": "Limits of rooms.",
    "properties": {
      "auto_create": {
        "type": "boolean", "default": true,
        "description": "Whether the server makes a room when the first participant with the right to join it arrives."
      },
      "max_rooms": {
        "type": "integer", "minimum": 1, "maximum": 100000, "default": 1000,
        "description": "Rooms at the same time."
      },
      "max_participants": {
        "type": "integer", "minimum": 1, "maximum": 10000, "default": 200,
        "description": "Participants of one room. A room may ask for fewer, not for more."
      },
      "empty_timeout_s": {
        "type": "integer", "minimum": 0, "maximum": 604800, "default": 60,
        "description": "A room without participants ends after this many seconds, unless its policy says otherwise. 0: it lives until it is deleted."
      },
      "audio_packets_per_s": {
        "type": "integer", "minimum": 10, "maximum": 2000, "default": 100,
        "description": "Packets a second that one audio track may send, unless its room's policy says otherwise; the server drops and counts more. A burst of two seconds is let through."
      },
      "audio_bitrate_bps": {
        "type": "integer", "minimum": 16000, "maximum": 100000000, "default": 400000,
        "description": "Bits a second of the same, RTP headers included."
      },
      "max_audio_slots": {
        "type": "integer", "minimum": 0, "maximum": 64, "default": 16,
        "description": "Audio slots that one session may have: it receives at most this many voices at once."
      },
      "max_video_slots": {
        "type": "integer", "minimum": 0, "maximum": 64, "default": 25,
        "description": "Video slots that one session may have. Without effect in this version, which refuses video sections."
      }
    }
  },
  "log": {
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
  },
  "plugins": {
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
  },
  "events": {
    "type": "object", "default": {}, "description": "The [event log](events.md).",
    "properties": {
      "file": {
        "type": "string", "maxLength": 4096, "default": "", "examples": ["/var/lib/veche/events.db"],
        "description": "The log's database, made at the first start. Its directory has to exist, on a local disk. Empty: the server keeps events in memory, and they end with the process."
      },
      "retention_days": {
        "type": "integer", "minimum": 1, "maximum": 3650, "default": 7,
        "description": "The server deletes events that are older than this many days."
      },
      "max_mb": {
        "type": "integer", "minimum": 1, "maximum": 1048576, "default": 256,
        "description": "How many megabytes the events may take; the oldest give way."
      },
      "max_waiting": {
        "type": "integer", "minimum": 100, "maximum": 1000000, "default": 10000,
        "description": "How many events wait in memory while the disk stalls or is full. The server drops newer ones, and tells of it by `events.gap`."
      },
      "max_memory_events": {
        "type": "integer", "minimum": 100, "maximum": 1000000, "default": 10000,
        "description": "Without a file: how many events the server keeps."
      },
      "speakers": {
        "type": "boolean", "default": false,
        "description": "Whether the log has `speaker.changed` too, of which a talkative room has many."
      },
      "webhooks": {
        "type": "array", "maxItems": 16, "default": [],
        "description": "Receivers to which the server posts events, signed as Standard Webhooks has it (docs/webhooks.md). The API shows them, and makes others.",
        "items": {
          "type": "object", "required": ["name", "url"],
          "properties": {
            "name": {
              "type": "string", "minLength": 1, "maxLength": 64, "examples": ["attendance"],
              "description": "Names the webhook in paths of the API and in the log: `A-Z a-z 0-9 _ . ~ -`. Each webhook has a different one."
            },
            "url": {
              "type": "string", "minLength": 1, "maxLength": 2048, "examples": ["https://backend.example.org/events"],
              "description": "Where the server posts events. `https`, or `http` to loopback."
            },
            "secrets": {
              "type": "array", "maxItems": 2, "default": [], "writeOnly": true, "examples": [["${VECHE_WEBHOOK_SECRET}"]],
              "items": { "type": "string", "maxLength": 512, "writeOnly": true },
              "description": "`whsec_` and 24 to 64 bytes in base64, or `${NAME}` for the environment variable of that name. Two while receivers change from one to the other. Either this or `secret_files`."
            },
            "secret_files": {
              "type": "array", "maxItems": 2, "default": [], "items": { "type": "string", "maxLength": 4096 },
              "description": "Files that hold the secrets; the server ignores white space at their end."
            },
            "types": {
              "type": "array", "maxItems": 32, "default": [], "items": { "type": "string" }, "examples": [["participant.*", "room.closed"]],
              "description": "Types of events, or prefixes as `participant.*`. Empty: all but `speaker.changed`."
            },
            "rooms": {
              "type": "array", "maxItems": 100, "default": [], "items": { "type": "string" }, "examples": [["lesson-*"]],
              "description": "Names of rooms, or prefixes as `lesson-*`. Empty: all, and events of no room."
            },
            "enabled": {
              "type": "boolean", "default": true,
              "description": "Whether the server delivers. Events wait meanwhile, as long as the log keeps them."
            }
          }
        }
      },
      "webhooks_allow_private": {
        "type": "boolean", "default": false,
        "description": "Whether webhooks may lead to loopback, link-local and private addresses. The server checks the address that it connects to, whatever its name."
      },
      "webhooks_allow_http": {
        "type": "boolean", "default": false,
        "description": "Whether webhooks may use `http` beyond loopback, where others on the network path read the events."
      },
      "webhooks_ca_file": {
        "type": "string", "maxLength": 4096, "default": "",
        "description": "A PEM file of the certificate authorities that the server trusts for webhooks. Empty: those of the system."
      }
    }
  },
  "plugin_dirs": {
    "type": "array", "maxItems": 16, "items": { "type": "string", "minLength": 1, "maxLength": 4096 },
    "default": [],
    "description": "Directories in which the server looks for plugins. Empty: `plugins` beside the executable, then the installed plugins."
  }
}
})json";

}  // namespace

const glib::JsonSchema& config_schema() {
  static const Result<glib::JsonSchema> schema = glib::JsonSchema::parse(kSchema);
  return schema.value();
}

}  // namespace veche::main
