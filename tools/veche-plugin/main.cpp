// SPDX-License-Identifier: Apache-2.0
// veche-plugin: inspects plugins, tests them, and starts new ones.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "base/log.hpp"
#include "check.hpp"
#include "dev.hpp"
#include "inspect.hpp"
#include "new_project.hpp"

namespace {

using namespace veche;
using Arguments = std::vector<std::string>;

constexpr int kBad = 1, kUsage = 2;

constexpr const char* kHelp =
    "Usage: veche-plugin inspect FILE\n"
    "       veche-plugin check FILE [--config JSON] [--cycles N]\n"
    "       veche-plugin new NAME [--language c|cpp]\n"
    "       veche-plugin dev FILE [--build COMMAND] [--config JSON] [--server PROGRAM] [--listen "
    "ADDRESS]\n"
    "\n"
    "inspect  Prints the description of a plugin. It is read from the file: none of its code "
    "runs.\n"
    "check    Runs the conformance kit in this process, so the plugin has to be trusted. Prints a\n"
    "         line for each check: ok or FAIL. JSON is the configuration, {} by default; N is how\n"
    "         often the plugin is started and stopped, 1000 by default.\n"
    "dev      Runs a server with the plugin, on 127.0.0.1:8080 unless told otherwise, with the API "
    "key\n"
    "         dev.devsecret-devsecret. When a file below the working directory changes, COMMAND "
    "builds\n"
    "         the plugin, and the server starts again with it; calls end. Ends with Ctrl-C.\n"
    "new      Creates the folder NAME with a minimal plugin that builds and passes check.\n"
    "\n"
    "Exits with 0 if all is well, 1 if not, 2 if the command line is wrong.\n";

int complain(const std::string& why, int code) {
  fprintf(stderr, "veche-plugin: %s\n", why.c_str());
  return code;
}

/// Takes "--name VALUE" out of the arguments.
bool take_option(Arguments& arguments, const std::string& name, std::string& value) {
  for (size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] != name) continue;
    value = arguments[i + 1];
    arguments.erase(arguments.begin() + static_cast<ptrdiff_t>(i),
                    arguments.begin() + static_cast<ptrdiff_t>(i) + 2);
    return true;
  }
  return false;
}

int run_inspect(const Arguments& arguments) {
  if (arguments.size() != 1) return complain("inspect needs one file; see --help", kUsage);
  const auto text = tool::inspect(arguments[0]);
  if (!text) return complain(arguments[0] + ": " + text.error().message, kBad);
  fputs(text->c_str(), stdout);
  return 0;
}

int run_check(Arguments arguments) {
  tool::CheckOptions options;
  std::string cycles;
  take_option(arguments, "--config", options.config);
  if (take_option(arguments, "--cycles", cycles)) {
    char* end = nullptr;
    options.cycles = static_cast<uint32_t>(strtoul(cycles.c_str(), &end, 10));
    if (*end != 0 || options.cycles == 0)
      return complain("--cycles needs a number above 0", kUsage);
  }
  if (arguments.size() != 1) return complain("check needs one file; see --help", kUsage);
  options.file = arguments[0];
  log::configure(log::Level::Debug, log::Format::Text);
  return tool::check(options) ? 0 : kBad;
}

int run_new(Arguments arguments) {
  std::string language = "cpp";
  take_option(arguments, "--language", language);
  if (arguments.size() != 1) return complain("new needs one name; see --help", kUsage);
  if (auto made = tool::make_project(arguments[0], language); !made)
    return complain(made.error().message, kBad);
  printf("%s: see its README.md\n", arguments[0].c_str());
  return 0;
}

int run_dev(Arguments arguments) {
  tool::DevOptions options;
  take_option(arguments, "--build", options.build);
  take_option(arguments, "--config", options.config);
  take_option(arguments, "--server", options.server);
  take_option(arguments, "--listen", options.listen);
  if (arguments.size() != 1) return complain("dev needs one file; see --help", kUsage);
  options.file = arguments[0];
  return tool::develop(options);
}

int run(Arguments arguments) {
  const std::string command = arguments.empty() ? "" : arguments[0];
  if (command == "--help") return fputs(kHelp, stdout) == EOF ? kBad : 0;
  if (command == "--version") return puts("veche-plugin " VECHE_VERSION) == EOF ? kBad : 0;
  if (!arguments.empty()) arguments.erase(arguments.begin());
  if (command == "inspect") return run_inspect(arguments);
  if (command == "check") return run_check(arguments);
  if (command == "dev") return run_dev(arguments);
  if (command == "new") return run_new(arguments);
  return complain("unknown command \"" + command + "\"; see --help", kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  veche::open_standard_descriptors();
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& exception) {
    return complain(exception.what(), kBad);
  }
}
