// SPDX-License-Identifier: Apache-2.0
// `veche-plugin dev`: a server with one plugin, built again and loaded again whenever a file
// changes.
#pragma once

#include <string>

namespace veche::tool {

struct DevOptions {
  std::string file;              ///< The plugin, which need not exist before the first build.
  std::string config = "{}";     ///< Its part of the configuration.
  std::string build;             ///< A command for the shell; empty: somebody else builds.
  std::string server = "veche";  ///< The program.
  std::string listen = "127.0.0.1:8080";
};

/// Ends with SIGINT or SIGTERM. Returns the status of the process.
int develop(const DevOptions& options);

}  // namespace veche::tool
