// SPDX-License-Identifier: Apache-2.0
// Writes the files of a template with the name filled in.
#include "new_project.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/characters.hpp"
#include "templates.hpp"

namespace veche::tool {
namespace {

bool is_name(const std::string& name) {
  const auto allowed = [](char c) { return is_lower(c) || is_digit(c); };
  return !name.empty() && name.size() <= 32 && is_lower(name[0]) &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string filled(std::string text, const std::string& name) {
  std::string type = name;
  type[0] = static_cast<char>(type[0] - 'a' + 'A');
  for (const auto& [mark, value] : {std::pair("@name@", name), std::pair("@Name@", type)}) {
    for (size_t at; (at = text.find(mark)) != std::string::npos;)
      text.replace(at, std::string(mark).size(), value);
  }
  return text;
}

}  // namespace

Status make_project(const std::string& name, const std::string& language) {
  if (!is_name(name))
    return invalid("the name \"" + name +
                   "\" must match [a-z][a-z0-9]{0,31}, because it becomes a "
                   "file name and the plugin's name");
  if (language != "c" && language != "cpp")
    return invalid("there is no template for \"" + language + "\"; --language is c or cpp");
  std::error_code error;
  if (!std::filesystem::create_directory(name, error))
    return invalid("the folder " + name + (error ? ": " + error.message() : " exists already"));
  for (const TemplateFile& file : kTemplates) {
    if (file.language != language) continue;
    const std::string path = name + "/" + filled(file.path, name);
    std::ofstream out(path);
    out << filled(file.text, name);
    if (!out.flush()) return internal("cannot write " + path);
  }
  return Ok{};
}

}  // namespace veche::tool
