// SPDX-License-Identifier: Apache-2.0
// Reads which symbols a shared library exports, without mapping or running any of it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::plugin {

/// The defined symbols of the file's dynamic symbol table: those that dlsym() would find. The file
/// is hostile: every offset is checked, those of segments included, because opening a truncated
/// library ends in SIGBUS.
///
/// Not boost::dll::library_info: in Boost 1.74 it reads .symtab, which stripped libraries lack, and
/// looks names up in the last string table, even beyond its end.
Result<std::vector<std::string>> read_elf_exports(const std::string& path);

}  // namespace veche::plugin
