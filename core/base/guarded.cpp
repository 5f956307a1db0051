// SPDX-License-Identifier: Apache-2.0
// Names an exception and the place of its task.
#include "base/guarded.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <typeinfo>

#include "base/log.hpp"

namespace veche {
namespace {

struct Free {
  void operator()(char* text) const { std::free(text); }
};

/// "std::bad_alloc"
std::string name_of(const std::type_info& type) {
  int status = 0;
  const std::unique_ptr<char, Free> name(
      abi::__cxa_demangle(type.name(), nullptr, nullptr, &status));
  return name ? name.get() : type.name();
}

/// Of the exception that is being handled.
std::string text_of_exception() {
  try {
    throw;
  } catch (const std::exception& error) {
    return name_of(typeid(error)) + ": " + error.what();
  } catch (...) {
    return "an exception of another type than std::exception";
  }
}

/// Paths begin at the build directory: "../core/room/server.cpp".
std::string text_of(LogPlace place) {
  std::string_view file = place.file;
  while (file.substr(0, 3) == "../") file.remove_prefix(3);
  return std::string(file) + ":" + std::to_string(place.line);
}

}  // namespace

void report_exception(std::string_view component, LogPlace posted) noexcept {
  // The report may fail too, where no memory is left.
  try {
    log::write(log::Level::Error, component,
               "a task posted at " + text_of(posted) + " failed: " + text_of_exception(), {},
               posted);
  } catch (...) {
    return;
  }
}

}  // namespace veche
