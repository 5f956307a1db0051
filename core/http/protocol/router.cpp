// SPDX-License-Identifier: Apache-2.0
// Routing by comparing a path with each pattern, and the rules for bodies.
#include "http/protocol/router.hpp"

#include <cassert>

namespace veche::http {
namespace {

/// "application/merge-patch+json, application/json"
std::string types_of(const Route& route) {
  std::string types;
  for (const std::string_view type : rule_of(route.body).content_types) {
    types.append(types.empty() ? "" : ", ").append(type);
  }
  return types;
}

}  // namespace

const BodyRule& rule_of(BodyKind kind) {
  constexpr size_t kJsonBytes = size_t{256} * 1024;
  constexpr size_t kSmallJsonBytes = size_t{64} * 1024;
  constexpr size_t kSdpBytes = size_t{64} * 1024;
  static const BodyRule nothing{{}, kJsonBytes};
  static const BodyRule json{{"application/json"}, kJsonBytes};
  static const BodyRule small{{"application/json"}, kSmallJsonBytes};
  static const BodyRule patch{{"application/merge-patch+json", "application/json"}, kJsonBytes};
  static const BodyRule sdp{{"application/sdp"}, kSdpBytes};
  static const BodyRule fragment{{"application/trickle-ice-sdpfrag"}, kSdpBytes};
  switch (kind) {
    case BodyKind::Nothing: return nothing;
    case BodyKind::Json: return json;
    case BodyKind::SmallJson: return small;
    case BodyKind::MergePatch: return patch;
    case BodyKind::Sdp: return sdp;
    case BodyKind::SdpFragment: return fragment;
  }
  return nothing;
}

void Router::add(Route route) {
  auto pattern = glib::PathPattern::parse(route.pattern);
  assert(pattern);
  entries_.push_back({std::make_shared<const Route>(std::move(route)), std::move(*pattern)});
}

Result<Match> Router::match(std::string_view method, std::string_view path) const {
  const glib::PathParts parts = glib::split_path(path);
  const bool has_slash = parts.size() > 1 && parts.back().empty();
  const glib::PathParts trimmed(parts.begin(), has_slash ? parts.end() - 1 : parts.begin());
  Match match;
  for (const Entry& entry : entries_) {
    const Route& route = *entry.route;
    const glib::PathParts& compared = has_slash && route.takes_trailing_slash ? trimmed : parts;
    if (!entry.pattern.fits(compared)) continue;
    match.allowed.push_back(route.method);
    if (route.method == "POST") match.accept_post = types_of(route);
    if (route.method == "PATCH") match.accept_patch = types_of(route);
    if (route.method != method) continue;
    auto names = entry.pattern.names_in(compared);
    if (!names) return names.error();
    match.route = entry.route;
    match.params = {names->begin(), names->end()};
  }
  return match;
}

std::string allow_header(const std::vector<std::string>& methods) {
  std::string value;
  for (const std::string& method : methods) {
    value += method + ", ";
    if (method == "GET") value += "HEAD, ";
  }
  return value + "OPTIONS";
}

}  // namespace veche::http
