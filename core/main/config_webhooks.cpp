// SPDX-License-Identifier: Apache-2.0
// Reads the webhooks of the configuration.
#include <filesystem>
#include <set>

#include "main/config_reading.hpp"

namespace veche::main {
namespace {

using glib::elements_of;
using glib::member;

void read_secrets(Reading& reading, const WebhookSecrets& secrets, const std::string& pointer,
                  events::Webhook& webhook) {
  const auto& [values, files] = secrets;
  if (values.empty() == files.empty()) {
    return reading.refuse(pointer, values.empty()
                                       ? "has no secret; allowed: either secrets or secret_files"
                                       : "has secrets and secret_files; allowed: one of them");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const auto secret = secret_of_text(reading, values[i], at(pointer + "/secrets", i));
    if (secret) webhook.secrets.push_back(*secret);
  }
  for (size_t i = 0; i < files.size(); ++i) {
    const auto secret = secret_of_file(reading, files[i], at(pointer + "/secret_files", i));
    if (secret) webhook.secrets.push_back(*secret);
  }
}

void check_ca_file(Reading& reading, const std::string& file) {
  std::error_code error;
  if (file.empty() || std::filesystem::is_regular_file(file, error)) return;
  reading.refuse("/events/webhooks_ca_file",
                 in_quotes(file) + " is no file; allowed: a PEM file of certificates, or \"\"");
}

}  // namespace

void read_webhooks(Reading& reading, JsonNode* node, events::WebhookSettings& settings) {
  settings.rules = {.allow_private = get<bool>(node, "webhooks_allow_private"),
                    .allow_http = get<bool>(node, "webhooks_allow_http")};
  settings.ca_file = reading.path(text(node, "webhooks_ca_file"));
  check_ca_file(reading, settings.ca_file);
  std::set<std::string> names;
  for (JsonNode* each : elements_of(member(node, "webhooks"))) {
    const std::string pointer = at("/events/webhooks", settings.webhooks.size());
    events::Webhook webhook;
    glib::read_fields(each, events::open_webhook_fields(), webhook);
    if (!names.insert(webhook.name).second) {
      reading.refuse(pointer + "/name",
                     in_quotes(webhook.name) +
                         " is the name of an earlier webhook; allowed: a name of its own");
    }
    WebhookSecrets secrets;
    glib::read_fields(each, webhook_secrets_fields(), secrets);
    read_secrets(reading, secrets, pointer, webhook);
    for (FieldProblem& problem : problems_of(webhook, settings.rules)) {
      constexpr char kSecrets[] = "/secrets/";
      if (!secrets.files.empty() && problem.pointer.rfind(kSecrets, 0) == 0) {
        problem.pointer.replace(0, sizeof kSecrets - 1, "/secret_files/");
      }
      reading.refuse(pointer + problem.pointer, std::move(problem.detail));
    }
    settings.webhooks.push_back(std::move(webhook));
  }
}

}  // namespace veche::main
