// SPDX-License-Identifier: Apache-2.0
// The command line is parsed, or refused with a reason.
#include "main/options.hpp"

#include <gtest/gtest.h>

namespace veche::main {
namespace {

using Arguments = std::vector<std::string>;

TEST(Options, UnderstandsEveryOption) {
  const struct {
    Arguments arguments;
    Action action;
    const char* file;
  } cases[] = {
      {{}, Action::Serve, ""},
      {{"--config", "a.json"}, Action::Serve, "a.json"},
      {{"--config=a=b.json"}, Action::Serve, "a=b.json"},
      {{"--check-config", "a.json"}, Action::CheckConfig, "a.json"},
      {{"--check-config=a.json"}, Action::CheckConfig, "a.json"},
      {{"--repair-events", "a.json"}, Action::RepairEvents, "a.json"},
      {{"--print-config-reference"}, Action::PrintConfigReference, ""},
      {{"--version"}, Action::PrintVersion, ""},
      {{"--help"}, Action::PrintHelp, ""},
  };
  for (const auto& test : cases) {
    const Result<Options> options = parse_options(test.arguments);
    ASSERT_TRUE(options.ok()) << options.error().message;
    EXPECT_EQ(options->action, test.action);
    EXPECT_EQ(options->config_file, test.file);
  }
}

TEST(Options, RefusesEverythingElse) {
  const std::pair<Arguments, const char*> cases[] = {
      {{"--confg", "a"}, "unknown argument \"--confg\"; see --help"},
      {{"a.json"}, "unknown argument \"a.json\"; see --help"},
      {{""}, "unknown argument \"\"; see --help"},
      {{"--config"}, "--config needs a file"},
      {{"--config="}, "--config needs a file"},
      {{"--check-config", ""}, "--check-config needs a file"},
      {{"--version=2"}, "--version takes no value"},
      {{"--config", "a", "--config", "b"}, "--config is one option too many; only one is allowed"},
      {{"--config", "a", "--check-config", "b"},
       "--check-config is one option too many; only one is allowed"},
  };
  for (const auto& [arguments, message] : cases) {
    const Result<Options> options = parse_options(arguments);
    ASSERT_FALSE(options.ok());
    EXPECT_EQ(options.error().message, message);
  }
}

TEST(Options, HelpNamesEveryOption) {
  for (const char* name : {"--config FILE", "--check-config FILE", "--repair-events FILE",
                           "--print-config-reference", "--version", "--help"}) {
    EXPECT_NE(help_text().find(name), std::string::npos) << name;
  }
  EXPECT_EQ(version_text().rfind("veche ", 0), 0U);
}

}  // namespace
}  // namespace veche::main
