// SPDX-License-Identifier: Apache-2.0
// One webhook as the operator or the backend describes it: where to, signed how, which events.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "events/event.hpp"
#include "events/webhooks/address_rules.hpp"
#include "glib/fields.hpp"

namespace veche::events {

struct Webhook {
  std::string name;  ///< In paths of the API.
  std::string url;
  std::vector<std::string> secrets;  ///< "whsec_...": one, or two while one replaces the other.
  std::vector<std::string> types;    ///< As those of a Filter.
  std::vector<std::string> rooms;    ///< Names, or prefixes as "lesson-*"; empty: all, and none.
  bool enabled = true;
  friend bool operator==(const Webhook&, const Webhook&) = default;
};

/// What the configuration says of webhooks.
struct WebhookSettings {
  std::vector<Webhook> webhooks;
  AddressRules rules;
  std::string ca_file;  ///< A PEM file of certificate authorities; "": those of the system.
  friend bool operator==(const WebhookSettings&, const WebhookSettings&) = default;
};

/// Of both the configuration and the API. Each costs up to 1 MiB of waiting events.
inline constexpr size_t kMaxWebhooks = 32;

/// All but its secrets: what the configuration, the API and its answers have.
const glib::Fields<Webhook>& open_webhook_fields();
/// With `secrets`: what the API reads, and what is stored.
const glib::Fields<Webhook>& webhook_fields();

/// Do its `rooms` take the event? `events.gap` matches all, because what is missing may have
/// matched.
bool takes_room_of(const Webhook& webhook, const Event& event);

/// What is wrong, with pointers into its JSON object; nothing of a secret.
std::vector<FieldProblem> problems_of(const Webhook& webhook, const AddressRules& rules);

}  // namespace veche::events
