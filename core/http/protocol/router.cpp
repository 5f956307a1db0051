// SPDX-License-Identifier: Apache-2.0
// Routing by comparing a path with each pattern, and the rules for bodies.
#include "http/protocol/router.hpp"

#include <cassert>

namespace veche::http {

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
  Match match;
  for (const Entry& entry : entries_) {
    if (!entry.pattern.fits(parts)) continue;
    match.allowed.push_back(entry.route->method);
    if (entry.route->method != method) continue;
    auto names = entry.pattern.names_in(parts);
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
