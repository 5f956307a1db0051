// SPDX-License-Identifier: Apache-2.0
// Reads secrets: from the configuration itself, from the environment, from files.
#include <cstdlib>

#include "glib/ref.hpp"
#include "main/config_reading.hpp"

namespace veche::main {

std::optional<std::string> secret_of_text(Reading& reading, const std::string& value,
                                          const std::string& pointer) {
  if (value.find("${") == std::string::npos) return value;
  if (value.rfind("${", 0) != 0 || value.find('}') != value.size() - 1) {
    reading.refuse(pointer,
                   "this secret contains \"${\"; allowed: a secret without it, or nothing but "
                   "${NAME}");
    return std::nullopt;
  }
  const std::string name = value.substr(2, value.size() - 3);
  const char* variable = std::getenv(name.c_str());
  if (variable && *variable) return variable;
  reading.refuse(pointer, "the environment variable " + in_quotes(name) +
                              " is not set; allowed: one that holds the secret");
  return std::nullopt;
}

std::optional<std::string> secret_of_file(Reading& reading, const std::string& file,
                                          const std::string& pointer) {
  char* data = nullptr;
  GError* error = nullptr;
  if (!g_file_get_contents(reading.path(file).c_str(), &data, nullptr, &error)) {
    const glib::ErrorPtr owner(error);
    reading.refuse(pointer, owner->message + std::string("; allowed: a readable file"));
    return std::nullopt;
  }
  const glib::StringPtr owner(data);
  return std::string(g_strchomp(data));
}

}  // namespace veche::main
