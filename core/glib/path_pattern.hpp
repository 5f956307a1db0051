// SPDX-License-Identifier: Apache-2.0
// Patterns of URL paths: "/rooms/{room}", where a part in braces matches one name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace veche::glib {

/// What stands between the slashes of a path, percent-encoded as it was: "/a/b" has two parts.
using PathParts = std::vector<std::string>;
PathParts split_path(std::string_view path);

class PathPattern {
 public:
  /// What matched the braces, decoded, in the order of the pattern.
  using Names = std::vector<std::pair<std::string, std::string>>;

  /// InvalidArgument says what is allowed.
  static Result<PathPattern> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool has_variable(std::string_view name) const;
  bool fits(const PathParts& path) const;
  /// Of a path that fits. InvalidArgument when a part of it is no valid name (base/ids.hpp).
  Result<Names> names_in(const PathParts& path) const;
  /// Do both fit the same paths, whatever their variables are called?
  bool is_same_as(const PathPattern& other) const;

 private:
  struct Part {
    std::string text;  ///< Of a variable: its name.
    bool is_variable;
  };
  std::string text_;
  std::vector<Part> parts_;
};

}  // namespace veche::glib
