// SPDX-License-Identifier: Apache-2.0
// Reads which symbols a shared library exports, without mapping or running any of it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::plugin {

/// The defined symbols of the file's dynamic symbol table: what dlsym() would find. The file is
/// hostile: every offset is checked, also those of the segments, because opening a library that was
/// cut short ends in SIGBUS.
///
/// Not boost::dll::library_info: in Boost 1.74 that reads .symtab, which stripped libraries do not
/// have, and looks the names up in whichever string table comes last, beyond its end if need be.
Result<std::vector<std::string>> read_elf_exports(const std::string& path);

}  // namespace veche::plugin
