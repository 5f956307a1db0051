// SPDX-License-Identifier: Apache-2.0
// A command's input: placeholders, and only the environment variables that it needs.
#include "recording/control/hook_command.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <veche/cpp/failure.hpp>

namespace veche::recording {
namespace {

const HookValues kValues{.manifest = "/r/1/manifest.json",
                         .directory = "/r/1",
                         .room = "tea {id}",
                         .id = "1",
                         .state = "finished"};
using Strings = std::vector<std::string>;

TEST(HookCommand, FillsPlaceholdersInsideArguments) {
  EXPECT_EQ(
      hook_arguments({"/bin/upload", "--from={directory}/", "{id}{state}", "{manifest}"}, kValues),
      (Strings{"/bin/upload", "--from=/r/1/", "1finished", "/r/1/manifest.json"}));
}

TEST(HookCommand, DoesNotLookIntoValues) {
  EXPECT_EQ(hook_arguments({"echo", "{room}"}, kValues), (Strings{"echo", "tea {id}"}));
}

TEST(HookCommand, LeavesOtherBracesAlone) {
  const Strings command{"awk", "{ print $1 }", "{}", "{", "{{id}}", "{id"};
  EXPECT_NO_THROW(check_hook_command(command));
  EXPECT_EQ(hook_arguments(command, kValues),
            (Strings{"awk", "{ print $1 }", "{}", "{", "{1}", "{id"}));
}

TEST(HookCommand, RefusesWhatCannotBeMeant) {
  EXPECT_THROW(check_hook_command({}), Failure);
  EXPECT_THROW(check_hook_command({""}), Failure);
  try {
    check_hook_command({"/bin/upload", "--to={romo}"});
    FAIL() << "a misspelt placeholder was taken";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), VECHE_E_INVALID);
    EXPECT_NE(std::string(failure.what()).find("{romo}"), std::string::npos);
  }
}

TEST(HookCommand, PassesOnAFewVariablesOnly) {
  setenv("VECHE_SECRET", "hidden", 1);
  const Strings environment = hook_environment(kValues);
  const auto has = [&](const std::string& entry) {
    return std::find(environment.begin(), environment.end(), entry) != environment.end();
  };
  EXPECT_TRUE(has("VECHE_ROOM=tea {id}"));
  EXPECT_TRUE(has("VECHE_MANIFEST=/r/1/manifest.json"));
  EXPECT_TRUE(has(std::string("PATH=") + std::getenv("PATH")));
  EXPECT_LE(environment.size(), 8U);
  EXPECT_FALSE(has("VECHE_SECRET=hidden"));
}

}  // namespace
}  // namespace veche::recording
