// SPDX-License-Identifier: Apache-2.0
// Serves the files of one directory, and nothing outside it.
#pragma once

#include <string>

#include "base/result.hpp"
#include "http/protocol/message.hpp"

namespace veche::http {

class StaticFiles {
 public:
  /// Serves nothing. create() returns InvalidArgument if there is no such directory.
  StaticFiles() = default;
  static Result<StaticFiles> create(const std::string& directory);

  /// Answers a GET for a percent-encoded path; a directory is answered with its index.html. Reads
  /// the file on control: it is for pages, not for downloads, and refuses files of more than 4 MiB.
  Response get(const Request& request) const;

 private:
  std::string root_;  ///< Without symbolic links; empty: nothing is served.
};

}  // namespace veche::http
