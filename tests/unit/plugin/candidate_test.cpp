// SPDX-License-Identifier: Apache-2.0
// Names of plugins, and the search path for their files.
#include "plugin/candidate.hpp"

#include <gmock/gmock.h>

#include "temporary_dir.hpp"

namespace veche::plugin {
namespace {

using ::testing::HasSubstr;

TEST(Candidate, RefusesNamesThatAreNoFileNames) {
  for (const char* name :
       {"", "Stage", "a/b", "..", "a.b", "a b", "ä", "a23456789012345678901234567890123"}) {
    PluginRequest request;
    request.name = name;
    EXPECT_THAT(examine(request, {"/"}).problems_text(), HasSubstr("[a-z0-9_-]{1,32}")) << name;
  }
}

TEST(Candidate, RefusesNamesOfTheServersOwnFields) {
  for (const char* name : {"participants", "id", "roster", "track"}) {
    PluginRequest request;
    request.name = name;
    EXPECT_THAT(examine(request, {"/"}).problems_text(), HasSubstr("is taken")) << name;
  }
}

TEST(Candidate, SaysWhereItLooked) {
  PluginRequest request;
  request.name = "stage";
  EXPECT_THAT(examine(request, {"/none/a", "/none/b"}).problems_text(),
              HasSubstr("looked for /none/a/stage.so, /none/b/stage.so"));
  EXPECT_THAT(examine(request, {}).problems_text(), HasSubstr("plugin_dirs is empty"));
}

TEST(Candidate, TakesTheFirstFileInTheOrderOfTheDirectories) {
  const TemporaryDir first, second;
  second.write("stage.so", "text");
  PluginRequest request;
  request.name = "stage";
  EXPECT_EQ(examine(request, {first.path(), second.path()}).path, second.file("stage.so"));
  first.write("stage.so", "text");
  EXPECT_EQ(examine(request, {first.path(), second.path()}).path, first.file("stage.so"));
}

TEST(Candidate, PrefersThePathOfTheConfiguration) {
  const TemporaryDir dir;
  dir.write("stage.so", "text");
  PluginRequest request;
  request.name = "stage";
  request.path = dir.file("other.so");
  const Candidate candidate = examine(request, {dir.path()});
  EXPECT_EQ(candidate.problems_text(), dir.file("other.so") + ": no such file");
}

}  // namespace
}  // namespace veche::plugin
