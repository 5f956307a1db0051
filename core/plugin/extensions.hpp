// SPDX-License-Identifier: Apache-2.0
// The extensions that this host knows. A new one is an adapter and a line in the table.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "plugin/adapter.hpp"

namespace veche::plugin {

struct Extension {
  std::string_view id;
  bool exclusive;       ///< Only one running plugin may offer it: there is one decision to make.
  uint32_t first_size;  ///< Of the table in interface 1.0; members appended later are optional.
  /// Both get a table of at least that size.
  Status (*check)(const void* table);
  Result<std::unique_ptr<Adapter>> (*bind)(const void* table, const Binding& binding);
};

/// In the order in which a plugin's extensions are given and taken; they end in reverse.
std::span<const Extension> extensions();

bool is_known_extension(std::string_view id);
bool is_exclusive_extension(std::string_view id);
/// Of all kinds of media, or of one.
bool is_controller(std::string_view id);
/// The kinds about which two controllers would both decide, for people: "audio"; "": the two
/// extensions are not both controllers, or their kinds do not meet.
std::string find_controller_conflict(std::string_view id, std::string_view other);

/// [control] Is this table, which a plugin gave for a known extension, complete? Null is not.
Status check_extension_table(const std::string& id, const void* table);

}  // namespace veche::plugin
