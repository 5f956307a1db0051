// SPDX-License-Identifier: Apache-2.0
// Checks an entry in the order in which its fields may be trusted.
#include "plugin/entry_check.hpp"

#include <glib.h>
#include <veche/controller.h>

#include <string>
#include <string_view>

#include "base/characters.hpp"
#include "plugin/extensions.hpp"
#include "plugin/services.hpp"
#include "plugin/version.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxIdLength = 128;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

Status check_version(const veche_plugin_entry& entry) {
  // Interface 1.0 ended with get_extension. This stays when a later version appends to the struct.
  constexpr uint32_t kFirstSize =
      offsetof(veche_plugin_entry, get_extension) + sizeof(entry.get_extension);
  if (entry.struct_size < kFirstSize) {
    return invalid("struct_size of the entry is " + std::to_string(entry.struct_size) +
                   ", at least " + std::to_string(kFirstSize) + " is needed");
  }
  // Older headers had no way to say more.
  const uint32_t least = VECHE_HAS(&entry, veche_plugin_entry, min_host_minor)
                             ? entry.min_host_minor
                             : entry.abi_minor;
  if (least > VECHE_ABI_MINOR) {
    return Error{
        ErrorCode::Unsupported,
        "needs a server with the plugin interface " + abi_version(least) +
            " or newer: update the server, or build the plugin with this server's headers"};
  }
  return Ok{};
}

Status check_strings(const veche_plugin_entry& entry) {
  const struct {
    const char *name, *value;
  } strings[] = {{"id", entry.id},
                 {"version", entry.version},
                 {"license", entry.license},
                 {"summary", entry.summary}};
  for (const auto& [name, value] : strings) {
    if (!value) return invalid(std::string(name) + " is null");
    if (!g_utf8_validate(value, -1, nullptr)) return invalid(std::string(name) + " is not UTF-8");
  }
  return Ok{};
}

/// Reverse DNS: at least two labels of lower-case letters, digits, '-' and '_', with a dot in
/// between.
bool is_plugin_id(std::string_view id) {
  if (id.size() > kMaxIdLength || id.find('.') == std::string_view::npos) return false;
  char previous = '.';
  for (const char c : id) {
    const bool in_label = is_lower(c) || is_digit(c) || c == '-' || c == '_';
    if (!in_label && !(c == '.' && previous != '.')) return false;
    previous = c;
  }
  return previous != '.';
}

Status check_functions(const veche_plugin_entry& entry) {
  if (!entry.create) return invalid("create is null");
  if (!entry.start) return invalid("start is null");
  if (!entry.stop) return invalid("stop is null");
  if (!entry.destroy) return invalid("destroy is null");
  if (!entry.get_extension) return invalid("get_extension is null");
  return Ok{};
}

/// The hooks of a plugin have the same names for all kinds of media.
Status check_controllers(const veche_plugin_entry& entry) {
  const char* first = nullptr;
  for (auto offer = entry.offers; *offer; ++offer) {
    if (!is_controller(*offer)) continue;
    if (first) {
      return invalid("offers " + quoted(first) + " and " + quoted(*offer) +
                     "; to decide about all kinds of media it offers " VECHE_EXT_CONTROLLER
                     " alone");
    }
    first = *offer;
  }
  return Ok{};
}

Status check_lists(const veche_plugin_entry& entry) {
  if (!entry.needs) return invalid("needs is null; a plugin that needs nothing has an empty list");
  for (auto need = entry.needs; *need; ++need) {
    if (!is_known_service(*need)) {
      return Error{ErrorCode::Unsupported,
                   "needs the host service " + quoted(*need) + ", which this server does not have"};
    }
  }
  if (!entry.offers || !*entry.offers)
    return invalid("offers no extension, so the server has no use for it");
  for (auto offer = entry.offers; *offer; ++offer) {
    if (!is_known_extension(*offer)) {
      return Error{ErrorCode::Unsupported,
                   "offers the extension " + quoted(*offer) + ", which this server does not know"};
    }
  }
  return check_controllers(entry);
}

}  // namespace

Status check_entry(const veche_plugin_entry& entry) {
  for (const auto check : {check_version, check_strings, check_functions, check_lists}) {
    if (auto checked = check(entry); !checked) return checked;
  }
  if (!is_plugin_id(entry.id)) {
    return invalid("its id " + quoted(entry.id) +
                   " is not reverse DNS in lower case, such as \"org.example.stage\"");
  }
  return Ok{};
}

}  // namespace veche::plugin
