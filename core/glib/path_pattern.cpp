// SPDX-License-Identifier: Apache-2.0
// Parses patterns, and compares them with paths part by part.
#include "glib/path_pattern.hpp"

#include <algorithm>

#include "base/characters.hpp"
#include "base/ids.hpp"
#include "glib/ref.hpp"

namespace veche::glib {
namespace {

constexpr size_t kMaxParts = 16;

bool is_variable_name(std::string_view name) {
  const auto allowed = [](char c) { return is_lower(c) || c == '_'; };
  return !name.empty() && name.size() <= kMaxNameLength &&
         std::all_of(name.begin(), name.end(), allowed);
}

Error refused(std::string_view pattern, const std::string& why) {
  return invalid("the pattern \"" + std::string(pattern) + "\" " + why);
}

}  // namespace

PathParts split_path(std::string_view path) {
  PathParts parts;
  if (path.substr(0, 1) == "/") path.remove_prefix(1);
  while (true) {
    const size_t slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

Result<PathPattern> PathPattern::parse(std::string_view text) {
  if (text.substr(0, 1) != "/") return refused(text, "does not begin with a slash");
  PathPattern pattern;
  pattern.text_ = text;
  for (const std::string& part : split_path(text)) {
    if (pattern.parts_.size() == kMaxParts) {
      return refused(text, "has more than " + std::to_string(kMaxParts) + " parts");
    }
    if (part.size() < 2 || part.front() != '{' || part.back() != '}') {
      if (!is_valid_name(part)) {
        return refused(text, "has the part \"" + part +
                                 "\"; a part is a name of A-Z a-z 0-9 _ . ~ - or {variable}");
      }
      pattern.parts_.push_back({part, false});
      continue;
    }
    const std::string name = part.substr(1, part.size() - 2);
    if (!is_variable_name(name)) {
      return refused(text, "has the variable \"" + name + "\"; variables are named by a-z and _");
    }
    const bool is_twice = std::any_of(
        pattern.parts_.begin(), pattern.parts_.end(),
        [&](const Part& earlier) { return earlier.is_variable && earlier.text == name; });
    if (is_twice) return refused(text, "has the variable \"" + name + "\" twice");
    pattern.parts_.push_back({name, true});
  }
  return pattern;
}

bool PathPattern::has_variable(std::string_view name) const {
  return std::any_of(parts_.begin(), parts_.end(),
                     [&](const Part& part) { return part.is_variable && part.text == name; });
}

bool PathPattern::fits(const PathParts& path) const {
  return std::equal(parts_.begin(), parts_.end(), path.begin(), path.end(),
                    [](const Part& want, const std::string& have) {
                      return want.is_variable ? !have.empty() : want.text == have;
                    });
}

Result<PathPattern::Names> PathPattern::names_in(const PathParts& path) const {
  Names names;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (!parts_[i].is_variable) continue;
    const StringPtr decoded(g_uri_unescape_string(path[i].c_str(), "/"));
    if (!decoded || !is_valid_name(decoded.get())) {
      return invalid("the name of the " + parts_[i].text +
                     " has to be 1 to 64 characters from A-Z a-z 0-9 _ . ~ - and neither . nor ..");
    }
    names.emplace_back(parts_[i].text, decoded.get());
  }
  return names;
}

bool PathPattern::is_same_as(const PathPattern& other) const {
  return std::equal(parts_.begin(), parts_.end(), other.parts_.begin(), other.parts_.end(),
                    [](const Part& one, const Part& two) {
                      return one.is_variable == two.is_variable &&
                             (one.is_variable || one.text == two.text);
                    });
}

}  // namespace veche::glib
