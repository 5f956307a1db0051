// SPDX-License-Identifier: Apache-2.0
// Routing by comparing the parts of a path with those of each pattern.
#include "http/router.hpp"

#include <algorithm>

#include "base/ids.hpp"
#include "glib/ref.hpp"

namespace veche::http {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  if (path.substr(0, 1) == "/") path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

bool is_variable(const std::string& part) { return part.size() > 2 && part.front() == '{'; }

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& parts) {
  return std::equal(pattern.begin(), pattern.end(), parts.begin(), parts.end(),
                    [](const std::string& want, const std::string& have) {
                      return is_variable(want) ? !have.empty() : want == have;
                    });
}

Result<std::map<std::string, std::string>> names_in(const std::vector<std::string>& pattern,
                                                    const std::vector<std::string>& parts) {
  std::map<std::string, std::string> names;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!is_variable(pattern[i])) continue;
    const std::string variable = pattern[i].substr(1, pattern[i].size() - 2);
    const glib::StringPtr decoded(g_uri_unescape_string(parts[i].c_str(), "/"));
    if (!decoded || !is_valid_name(decoded.get())) {
      return invalid("the name of the " + variable +
                     " has to be 1 to 64 characters out of A-Z a-z 0-9 _ . ~ - and not . or ..");
    }
    names[variable] = decoded.get();
  }
  return names;
}

}  // namespace

const BodyRule& rule_of(BodyKind kind) {
  constexpr size_t kJsonBytes = size_t{256} * 1024;
  constexpr size_t kSdpBytes = size_t{64} * 1024;
  static const BodyRule nothing{{}, kJsonBytes};
  static const BodyRule json{{"application/json"}, kJsonBytes};
  static const BodyRule patch{{"application/merge-patch+json", "application/json"}, kJsonBytes};
  static const BodyRule sdp{{"application/sdp"}, kSdpBytes};
  static const BodyRule fragment{{"application/trickle-ice-sdpfrag"}, kSdpBytes};
  switch (kind) {
    case BodyKind::Nothing: return nothing;
    case BodyKind::Json: return json;
    case BodyKind::MergePatch: return patch;
    case BodyKind::Sdp: return sdp;
    case BodyKind::SdpFragment: return fragment;
  }
  return nothing;
}

void Router::add(Route route) {
  std::vector<std::string> parts = split(route.pattern);
  entries_.push_back({std::move(route), std::move(parts)});
}

Result<Match> Router::match(std::string_view method, std::string_view path) const {
  const std::vector<std::string> parts = split(path);
  Match match;
  for (const Entry& entry : entries_) {
    if (!fits(entry.parts, parts)) continue;
    match.allowed.push_back(entry.route.method);
    if (entry.route.method != method) continue;
    auto names = names_in(entry.parts, parts);
    if (!names.ok()) return names.error();
    match.route = &entry.route;
    match.params = std::move(*names);
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
