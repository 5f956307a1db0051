// SPDX-License-Identifier: Apache-2.0
// The fields of a webhook, and the rules for them. URLs are read by the library that connects.
#include "events/webhooks/webhook.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/ids.hpp"
#include "events/filter.hpp"
#include "events/webhooks/signature.hpp"

namespace veche::events {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, UrlDeleter>;

/// Empty if the URL has no such part.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// Why the server would never connect to this host; empty: it may. Of a name that is decided once
/// there is an address.
std::string refusal_of_host(const std::string& host, bool is_encrypted, const AddressRules& rules) {
  sockaddr_in four{};
  four.sin_family = AF_INET;
  if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) {
    return refusal_of(reinterpret_cast<const sockaddr&>(four), is_encrypted, rules);
  }
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  const bool has_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string literal = has_brackets ? host.substr(1, host.size() - 2) : "";
  if (inet_pton(AF_INET6, literal.c_str(), &six.sin6_addr) == 1) {
    return refusal_of(reinterpret_cast<const sockaddr&>(six), is_encrypted, rules);
  }
  if (!is_encrypted && host != "localhost" && !rules.allow_http) {
    return "http is not encrypted, and events.webhooks_allow_http does not allow it beyond "
           "loopback";
  }
  return "";
}

std::string problem_of_url(const std::string& text, const AddressRules& rules) {
  constexpr char kAllowed[] = "; allowed: a URL like \"https://backend.example.org/events\"";
  const UrlPtr url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
    return std::string("is no URL") + kAllowed;
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") {
    return std::string("is neither https nor http") + kAllowed;
  }
  if (!part_of(url.get(), CURLUPART_USER).empty() ||
      !part_of(url.get(), CURLUPART_PASSWORD).empty()) {
    return std::string("has a user or a password, which deliveries do not use") + kAllowed;
  }
  if (!part_of(url.get(), CURLUPART_FRAGMENT).empty()) {
    return std::string("has a fragment") + kAllowed;
  }
  const std::string host = part_of(url.get(), CURLUPART_HOST);
  if (host.empty()) return std::string("has no host") + kAllowed;
  const std::string refusal = refusal_of_host(host, scheme == "https", rules);
  return refusal.empty() ? "" : refusal + kAllowed;
}

/// A name of a room, or a prefix of one and "*".
bool is_room_pattern(const std::string& text) {
  const bool is_prefix = text.size() > 1 && text.back() == '*';
  return is_valid_name(is_prefix ? text.substr(0, text.size() - 1) : text);
}

}  // namespace

const glib::Fields<Webhook>& open_webhook_fields() {
  static const glib::Fields<Webhook> fields{
      glib::field<Webhook, &Webhook::name>("name", R"({"type": "string", "minLength": 1,
          "maxLength": 64, "examples": ["attendance"],
          "description": "Names the webhook in paths of the API and in the log: `A-Z a-z 0-9 _ . ~ -`. Each webhook has a different one."})"),
      glib::field<Webhook, &Webhook::url>("url", R"({"type": "string", "minLength": 1,
          "maxLength": 2048, "examples": ["https://backend.example.org/events"],
          "description": "Where the server posts events. `https`, or `http` to loopback."})"),
      glib::field<Webhook, &Webhook::types>("types", R"({"type": "array", "maxItems": 32,
          "default": [], "items": {"type": "string"}, "examples": [["participant.*", "room.closed"]],
          "description": "Types of events, or prefixes as `participant.*`. Empty: all but `speaker.changed`."})"),
      glib::field<Webhook, &Webhook::rooms>("rooms", R"({"type": "array", "maxItems": 100,
          "default": [], "items": {"type": "string"}, "examples": [["lesson-*"]],
          "description": "Names of rooms, or prefixes as `lesson-*`. Empty: all, and events of no room."})"),
      glib::field<Webhook, &Webhook::enabled>("enabled", R"({"type": "boolean", "default": true,
          "description": "Whether the server delivers. Events wait meanwhile, as long as the log keeps them."})"),
  };
  return fields;
}

const glib::Fields<Webhook>& webhook_fields() {
  static const glib::Fields<Webhook> fields = [] {
    glib::Fields<Webhook> all = open_webhook_fields();
    all.push_back(
        glib::field<Webhook, &Webhook::secrets>("secrets", R"({"type": "array", "minItems": 1,
          "maxItems": 2, "writeOnly": true, "items": {"type": "string", "writeOnly": true},
          "description": "`whsec_` and 24 to 64 bytes in base64. Two while receivers change from one to the other."})"));
    return all;
  }();
  return fields;
}

bool takes_room_of(const Webhook& webhook, const Event& event) {
  if (webhook.rooms.empty() || event.type == kGapType) return true;
  const auto takes = [&event](const std::string& pattern) {
    if (pattern.back() != '*') return event.room == pattern;
    return event.room.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  };
  return std::any_of(webhook.rooms.begin(), webhook.rooms.end(), takes);
}

std::vector<FieldProblem> problems_of(const Webhook& webhook, const AddressRules& rules) {
  std::vector<FieldProblem> problems;
  const auto at = [](const char* list, size_t index) {
    return "/" + std::string(list) + "/" + std::to_string(index);
  };
  if (!is_valid_name(webhook.name)) {
    problems.push_back({"/name", "is not allowed; allowed: 1 to 64 of A-Z a-z 0-9 _ . ~ -"});
  }
  if (std::string problem = problem_of_url(webhook.url, rules); !problem.empty()) {
    problems.push_back({"/url", std::move(problem)});
  }
  for (size_t i = 0; i < webhook.secrets.size(); ++i) {
    const Result<std::string> key = key_of_secret(webhook.secrets[i]);
    if (!key) problems.push_back({at("secrets", i), key.error().message});
  }
  for (size_t i = 0; i < webhook.types.size(); ++i) {
    const Status type = check_type(webhook.types[i]);
    if (!type) problems.push_back({at("types", i), type.error().message});
  }
  for (size_t i = 0; i < webhook.rooms.size(); ++i) {
    if (is_room_pattern(webhook.rooms[i])) continue;
    problems.push_back({at("rooms", i), "is not allowed; allowed: a room's name, or \"lesson-*\""});
  }
  return problems;
}

}  // namespace veche::events
