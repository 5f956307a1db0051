// SPDX-License-Identifier: Apache-2.0
// Which statuses the API's document allows for a request.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "glib/path_pattern.hpp"

namespace veche::http {

class Documented {
 public:
  explicit Documented(const std::string& document);
  /// What is undocumented; empty: nothing, or the document does not speak of such requests.
  /// `target` may have a query.
  std::string complaint(const std::string& method, const std::string& target, int status) const;
  /// "GET /v1/rooms"
  std::set<std::string> operations() const;

 private:
  struct Path {
    glib::PathPattern pattern;
    std::map<std::string, std::set<std::string>> statuses;  ///< By method.
  };
  std::vector<Path> paths_;
};

}  // namespace veche::http
