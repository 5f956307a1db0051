// SPDX-License-Identifier: Apache-2.0
// A plugin of the configuration before any of its functions has run: found, opened and checked, or
// refused.
#pragma once

#include <veche/plugin.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/config.hpp"
#include "plugin/plugin_request.hpp"

namespace veche::plugin {

struct Candidate {
  PluginRequest request;
  std::string path;  ///< "" if no file was found.
  /// Null unless it is sound and was opened; stays valid until the process exits.
  const veche_plugin_entry* entry = nullptr;
  std::vector<std::string> offers;
  std::optional<Config> config;
  /// The pointer is within the plugin's configuration, "" for the plugin itself.
  std::vector<SchemaProblem> problems;

  bool accepted() const { return problems.empty(); }
  bool has_offer(std::string_view extension) const;
  /// `text` with the file in front, if there is one.
  std::string at_file(const std::string& text) const;
  /// All problems with the file in front, for logs and errors.
  std::string problems_text() const;
};

/// [control] Runs nothing of the plugin but its static constructors. With Opening::None a library
/// that is not open has neither entry nor offers, and its configuration is not checked.
Candidate examine(const PluginRequest& request, const std::vector<std::string>& plugin_dirs,
                  Opening opening = Opening::All);

/// Why `candidate` cannot run beside `other`, both accepted and opened: same id, or an exclusive
/// extension; "" if it can.
std::string find_conflict(const Candidate& candidate, const Candidate& other);

}  // namespace veche::plugin
