// SPDX-License-Identifier: Apache-2.0
// The schema of what the configuration says of the event log and of webhooks.
#include "events/webhooks/webhook.hpp"
#include "main/config_reading.hpp"
#include "main/config_sections.hpp"

namespace veche::main {
namespace {

constexpr char kBeforeWebhook[] = R"json({
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
      "items": )json";

constexpr char kAfterWebhook[] = R"json(
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
})json";

}  // namespace

const glib::Fields<WebhookSecrets>& webhook_secrets_fields() {
  using S = WebhookSecrets;
  static const glib::Fields<S> fields{
      glib::field<S, &S::values>("secrets", R"json({
          "type": "array", "maxItems": 2, "default": [], "writeOnly": true, "examples": [["${VECHE_WEBHOOK_SECRET}"]],
          "items": { "type": "string", "maxLength": 512, "writeOnly": true },
          "description": "`whsec_` and 24 to 64 bytes in base64, or `${NAME}` for the environment variable of that name. Two while receivers change from one to the other. Either this or `secret_files`."
        })json"),
      glib::field<S, &S::files>("secret_files", R"json({
          "type": "array", "maxItems": 2, "default": [], "items": { "type": "string", "maxLength": 4096 },
          "description": "Files that hold the secrets; the server ignores white space at their end."
        })json"),
  };
  return fields;
}

std::string events_section() {
  return kBeforeWebhook +
         glib::object_schema(R"(, "required": ["name", "url"])", events::open_webhook_fields(),
                             webhook_secrets_fields()) +
         kAfterWebhook;
}

}  // namespace veche::main
