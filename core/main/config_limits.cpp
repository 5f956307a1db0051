// SPDX-License-Identifier: Apache-2.0
// Reads the limits of the API and the proxies in front of it.
#include "main/config_reading.hpp"

namespace veche::main {
namespace {

using glib::member;

http::Rate read_rate(JsonNode* limits, const char* name) {
  JsonNode* node = member(limits, name);
  return {get<uint32_t>(node, "burst"), get<uint32_t>(node, "per_s")};
}

bool is_prefix(const std::string& text) {
  return http::Proxies::create({text}, http::ForwardedField::Forwarded).ok();
}

}  // namespace

void read_http_limits(Reading& reading, JsonNode* http, http::Settings& settings) {
  settings.trusted_proxies = texts(http, "trusted_proxies");
  reading.check_each(settings.trusted_proxies, "/http/trusted_proxies", is_prefix,
                     "an IP address, or a prefix like \"10.0.0.0/8\"");
  settings.forwarded_field = text(http, "forwarded_field") == "Forwarded"
                                 ? http::ForwardedField::Forwarded
                                 : http::ForwardedField::XForwardedFor;
  JsonNode* limits = member(http, "limits");
  settings.limits = {.offers = read_rate(limits, "offers"),
                     .commands = read_rate(limits, "commands"),
                     .invitations = read_rate(limits, "invitations"),
                     .reads = read_rate(limits, "reads"),
                     .changes = read_rate(limits, "changes"),
                     .participant = read_rate(limits, "participant"),
                     .address = read_rate(limits, "address"),
                     .announcements = read_rate(limits, "announcements")};
  settings.connections = {.per_address = get<uint32_t>(limits, "connections_per_address"),
                          .total = get<uint32_t>(limits, "connections")};
}

}  // namespace veche::main
