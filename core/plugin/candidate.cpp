// SPDX-License-Identifier: Apache-2.0
// Finds a plugin's file, and takes it through all checks that need none of its functions.
#include "plugin/candidate.hpp"

#include <veche/controller.h>
#include <veche/http_routes.h>

#include <algorithm>
#include <filesystem>

#include "base/characters.hpp"
#include "base/time.hpp"
#include "plugin/entry_check.hpp"
#include "plugin/extensions.hpp"
#include "plugin/hook_mark.hpp"
#include "plugin/library.hpp"
#include "plugin/version.hpp"
#include "room/reserved_names.hpp"

namespace veche::plugin {
namespace {

constexpr size_t kMaxPluginNameLength = 32;

/// Names become file names and keys of JSON objects.
bool is_plugin_name(const std::string& name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kMaxPluginNameLength &&
         std::all_of(name.begin(), name.end(), allowed);
}

Result<std::string> find_file(const PluginRequest& request,
                              const std::vector<std::string>& plugin_dirs) {
  if (!is_plugin_name(request.name)) {
    return invalid("the name of a plugin must match [a-z0-9_-]{1,32}");
  }
  if (room::is_reserved_name(request.name)) {
    return invalid("the name \"" + request.name +
                   "\" is taken: rooms, snapshots or events have a field of that name; give the "
                   "plugin another one, and its file as \"path\"");
  }
  if (!request.path.empty()) return request.path;
  std::string places;
  for (const std::string& dir : plugin_dirs) {
    const std::filesystem::path file = std::filesystem::path(dir) / (request.name + ".so");
    std::error_code error;
    if (std::filesystem::exists(file, error)) return file.string();
    places += (places.empty() ? "" : ", ") + file.string();
  }
  return not_found("there is no such file: looked for " +
                   (places.empty() ? request.name + ".so, but plugin_dirs is empty" : places));
}

}  // namespace

bool Candidate::has_offer(std::string_view extension) const {
  return std::find(offers.begin(), offers.end(), extension) != offers.end();
}

std::string Candidate::at_file(const std::string& text) const {
  return path.empty() ? text : path + ": " + text;
}

std::string Candidate::problems_text() const {
  std::string text;
  for (const auto& [pointer, detail] : problems) {
    if (!text.empty()) text += "; ";
    if (!pointer.empty()) text += "configuration " + pointer + ": ";
    text += detail;
  }
  return at_file(text);
}

Candidate examine(const PluginRequest& request, const std::vector<std::string>& plugin_dirs,
                  Opening opening) {
  Candidate candidate;
  candidate.request = request;
  const auto refuse = [&](std::string detail) -> Candidate&& {
    candidate.problems.push_back({"", std::move(detail)});
    return std::move(candidate);
  };
  auto path = find_file(request, plugin_dirs);
  if (!path) return refuse(path.error().message);
  candidate.path = *path;
  if (opening == Opening::None && !is_library_open(candidate.path)) {
    const Status looked = look_at_library(candidate.path);
    return looked ? std::move(candidate) : refuse(looked.error().message);
  }
  // Its static constructors run, and its entry may lead anywhere.
  const HookMark opening_mark(hook_label(request.name, "dlopen"), monotonic_ns());
  const auto library = open_library(candidate.path);
  if (!library) return refuse(library.error().message);

  const veche_plugin_entry& entry = **library;
  if (const auto sound = check_entry(entry); !sound) {
    return refuse(sound.error().message + " (plugin: interface " + abi_version(entry.abi_minor) +
                  ", server: " + abi_version(VECHE_ABI_MINOR) + ")");
  }
  candidate.entry = &entry;
  for (auto offer = entry.offers; *offer; ++offer) candidate.offers.emplace_back(*offer);
  if (request.serves_metrics && !candidate.has_offer(VECHE_EXT_HTTP_ROUTES)) {
    return refuse("serves_metrics is set, but it does not offer " VECHE_EXT_HTTP_ROUTES);
  }
  candidate.config = Config::make(entry.config_schema, request.config, candidate.problems);
  return candidate;
}

namespace {

std::string describe_conflict(const Candidate& one, const std::string& offer,
                              const Candidate& other, const std::string& others,
                              const std::string& kinds) {
  return "the plugins \"" + one.request.name + "\" (" + offer + ") and \"" + other.request.name +
         "\" (" + others + ") would both decide about " + kinds +
         ", and each kind of media has one controller: disable one of the two, or let each "
         "offer " VECHE_EXT_AUDIO_CONTROLLER " or " VECHE_EXT_VIDEO_CONTROLLER;
}

}  // namespace

std::string find_conflict(const Candidate& candidate, const Candidate& other) {
  if (std::string_view(candidate.entry->id) == other.entry->id) {
    return std::string("its id ") + candidate.entry->id + " is already that of the plugin \"" +
           other.request.name + "\"";
  }
  for (const std::string& offer : candidate.offers) {
    for (const std::string& others : other.offers) {
      const std::string kinds = find_controller_conflict(offer, others);
      if (kinds.empty()) continue;
      return describe_conflict(candidate, offer, other, others, kinds);
    }
    if (!is_exclusive_extension(offer) || !other.has_offer(offer)) continue;
    return "only one plugin may offer " + offer + ", and the plugin \"" + other.request.name +
           "\" does";
  }
  return {};
}

}  // namespace veche::plugin
