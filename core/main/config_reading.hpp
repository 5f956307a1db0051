// SPDX-License-Identifier: Apache-2.0
// What the sections of the configuration share while they are read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "glib/checked_json.hpp"
#include "glib/fields.hpp"
#include "http/server.hpp"
#include "main/config.hpp"

namespace veche::main {

/// A member of an object that its schema has passed and filled with defaults.
template <class T>
T get(JsonNode* object, const char* name) {
  T value{};
  glib::read_value(glib::member(object, name), value);
  return value;
}
inline std::string text(JsonNode* object, const char* name) {
  return get<std::string>(object, name);
}
inline std::vector<std::string> texts(JsonNode* object, const char* name) {
  return get<std::vector<std::string>>(object, name);
}

/// The pointer to an element of a list.
std::string at(const std::string& parent, size_t index);
/// As JSON, so that nothing in it forges a message.
std::string in_quotes(const std::string& value);

/// The problems that were found, and where relative paths begin.
class Reading {
 public:
  explicit Reading(const Places& places) : places_(places) {}

  const Places& places() const { return places_; }
  /// Relative to the configuration's directory; empty stays empty.
  std::string path(const std::string& value) const;
  void refuse(std::string pointer, std::string detail);
  /// For what is allowed, but seldom wanted.
  void advise(std::string pointer, std::string detail);
  /// Every element of a list of strings has to pass `is_good`.
  template <class IsGood>
  void check_each(const std::vector<std::string>& values, const std::string& pointer,
                  IsGood is_good, const char* allowed) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (is_good(values[i])) continue;
      refuse(at(pointer, i), in_quotes(values[i]) + " is not allowed; allowed: " + allowed);
    }
  }
  glib::FieldProblems& problems() { return problems_; }
  glib::FieldProblems& advice() { return advice_; }

 private:
  const Places& places_;
  glib::FieldProblems problems_, advice_;
};

/// The section `events`.
void read_events(Reading& reading, JsonNode* root, events::Settings& settings);

// Secrets. Nothing: it was refused.

/// `value`, or that of the environment variable that it names as "${NAME}".
std::optional<std::string> secret_of_text(Reading& reading, const std::string& value,
                                          const std::string& pointer);
/// The content of a file, without white space at its end.
std::optional<std::string> secret_of_file(Reading& reading, const std::string& file,
                                          const std::string& pointer);

// Settings of the API, from the whole configuration.

/// The sections `http` and `auth`.
void read_http(Reading& reading, JsonNode* root, http::Settings& settings);
/// `http.limits`, and the proxies. `http`: that section.
void read_http_limits(Reading& reading, JsonNode* http, http::Settings& settings);
/// `media.ice_servers`.
void read_ice_servers(Reading& reading, JsonNode* root, http::Settings& settings);

/// The secrets of a webhook, as the configuration has them: one of both.
struct WebhookSecrets {
  std::vector<std::string> values, files;
};
const glib::Fields<WebhookSecrets>& webhook_secrets_fields();

/// The keys of `events` that are about webhooks. `node`: that section.
void read_webhooks(Reading& reading, JsonNode* node, events::WebhookSettings& settings);

}  // namespace veche::main
