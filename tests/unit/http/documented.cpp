// SPDX-License-Identifier: Apache-2.0
// Reads paths, methods and statuses out of the document.
#include "documented.hpp"

#include <gtest/gtest.h>

#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "glib/ref.hpp"

namespace veche::http {

using glib::member;
using glib::names_of;

Documented::Documented(const std::string& document) {
  const auto root = glib::parse_json(document);
  EXPECT_TRUE(root.ok()) << "the document is no JSON: " << document.substr(0, 200);
  if (!root) return;
  JsonNode* paths = member(root->get(), "paths");
  for (const std::string& path : names_of(paths)) {
    auto pattern = glib::PathPattern::parse(path);
    EXPECT_TRUE(pattern.ok()) << path;
    if (!pattern) continue;
    Path each{std::move(*pattern), {}};
    JsonNode* item = member(paths, path.c_str());
    for (const std::string& method : names_of(item)) {
      if (method == "parameters") continue;
      const std::vector<std::string> statuses =
          names_of(member(member(item, method.c_str()), "responses"));
      const glib::StringPtr upper(g_ascii_strup(method.c_str(), -1));
      each.statuses[upper.get()] = {statuses.begin(), statuses.end()};
    }
    paths_.push_back(std::move(each));
  }
}

std::string Documented::complaint(const std::string& method, const std::string& target,
                                  int status) const {
  const glib::PathParts parts = glib::split_path(target.substr(0, target.find('?')));
  for (const Path& path : paths_) {
    if (!path.pattern.fits(parts) || !path.pattern.names_in(parts)) continue;
    const auto found = path.statuses.find(method == "HEAD" ? "GET" : method);
    if (status == 0 || found == path.statuses.end()) return "";
    const std::set<std::string>& known = found->second;
    if (known.count("default") > 0 || known.count(std::to_string(status)) > 0) return "";
    return method + " " + path.pattern.text() + " answers " + std::to_string(status) +
           ", which its operation does not name";
  }
  return "";
}

std::set<std::string> Documented::operations() const {
  std::set<std::string> all;
  for (const Path& path : paths_) {
    for (const auto& [method, statuses] : path.statuses) {
      all.insert(method + " " + path.pattern.text());
    }
  }
  return all;
}

}  // namespace veche::http
