// SPDX-License-Identifier: Apache-2.0
// Opens libraries with Boost.DLL, and turns its exceptions into errors.
#include "plugin/library.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <filesystem>
#include <map>

#include "plugin/elf_exports.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/version.hpp"

namespace veche::plugin {
namespace {

using boost::dll::shared_library;

constexpr std::string_view kEntryPrefix = "veche_plugin_entry_";
const std::string kEntry = "veche_plugin_entry_1";

/// An error unless these are the exports of a plugin of this major version.
Status check_exports(const std::vector<std::string>& exports) {
  if (std::find(exports.begin(), exports.end(), kEntry) != exports.end()) return Ok{};
  for (const std::string& name : exports) {
    if (name.compare(0, kEntryPrefix.size(), kEntryPrefix) != 0) continue;
    return Error{ErrorCode::Unsupported, "built for plugin interface " +
                                             name.substr(kEntryPrefix.size()) +
                                             ", this server has " + abi_version(VECHE_ABI_MINOR)};
  }
  return invalid("exports no symbol " + kEntry + ", so it is not a plugin for plugin interface " +
                 abi_version(VECHE_ABI_MINOR));
}

std::filesystem::path absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

/// The libraries that stay open for ever, by the path that opened them: the dynamic linker does not
/// open a path twice, even if there is another file by now.
std::map<std::filesystem::path, shared_library>& kept() {
  static auto* const kept = new std::map<std::filesystem::path, shared_library>;
  return *kept;
}

Result<const veche_plugin_entry*> open(const std::string& path) {
  try {
    // With an absolute path the dynamic linker searches nowhere else.
    shared_library library(absolute(path),
                           boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    const veche_plugin_entry* entry = &library.get<const veche_plugin_entry>(kEntry);
    kept().try_emplace(absolute(path), std::move(library));
    return entry;
  } catch (const std::exception& exception) {
    return internal("cannot be opened: " + plugin_text(exception.what()));
  } catch (...) {
    return internal("cannot be opened: a static constructor threw an exception");
  }
}

}  // namespace

Status look_at_library(const std::string& path) {
  auto exports = read_elf_exports(path);
  return exports ? check_exports(*exports) : Status(exports.error());
}

Result<const veche_plugin_entry*> open_library(const std::string& path) {
  if (Status looked = look_at_library(path); !looked) return looked.error();
  return open(path);
}

bool is_library_open(const std::string& path) { return kept().contains(absolute(path)); }

}  // namespace veche::plugin
