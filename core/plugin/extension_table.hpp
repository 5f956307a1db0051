// SPDX-License-Identifier: Apache-2.0
// Checks that the adapters make of the C tables that plugins hand over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/result.hpp"

namespace veche::plugin {

/// The size of a table that ends with the pointer at this offset.
constexpr uint32_t size_up_to(size_t last_offset) { return last_offset + sizeof(void (*)()); }

struct TableMember {
  const char* name;
  bool present;
};

/// The error names the first member that is null.
inline Status check_members(std::initializer_list<TableMember> members) {
  for (const TableMember& member : members) {
    if (!member.present) return invalid(std::string(member.name) + " is null");
  }
  return Ok{};
}

}  // namespace veche::plugin
