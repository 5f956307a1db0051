// SPDX-License-Identifier: Apache-2.0
// Opens libraries with Boost.DLL, and turns its exceptions into errors.
#include "plugin/library.hpp"

#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <filesystem>

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

/// Keeps the library open for ever, once.
void keep(shared_library library) {
  static auto* const kept = new std::vector<shared_library>;
  const auto same = [&](const shared_library& other) { return other.native() == library.native(); };
  if (std::none_of(kept->begin(), kept->end(), same)) kept->push_back(std::move(library));
}

Result<const veche_plugin_entry*> open(const std::string& path) {
  try {
    // With an absolute path the dynamic linker searches nowhere else.
    shared_library library(std::filesystem::absolute(path),
                           boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    const veche_plugin_entry* entry = &library.get<const veche_plugin_entry>(kEntry);
    keep(std::move(library));
    return entry;
  } catch (const std::exception& exception) {
    return internal("cannot be opened: " + plugin_text(exception.what()));
  } catch (...) {
    return internal("cannot be opened: a static constructor threw an exception");
  }
}

}  // namespace

Result<const veche_plugin_entry*> open_library(const std::string& path) {
  auto exports = read_elf_exports(path);
  if (!exports) return exports.error();
  if (auto plugin = check_exports(*exports); !plugin) return plugin.error();
  return open(path);
}

}  // namespace veche::plugin
