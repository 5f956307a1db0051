// SPDX-License-Identifier: Apache-2.0
// Accepted templates give safe paths; the others are refused with a reason.
#include "recording/store/name_template.hpp"

#include <gtest/gtest.h>

#include "open_dir.hpp"

namespace veche::recording {
namespace {

constexpr int64_t kTime_ms = 1'709'254'861'999;  // 2024-03-01 01:01:01.999

TEST(NameTemplate, PutsValuesIntoTheFields) {
  const struct {
    const char *text, *room, *path;
  } cases[] = {
      {"{room}/{date}-{time}-{id}", "blue", "blue/2024-03-01-01-01-01-r1"},
      {"{year}/{month}/{day}/{room}-{id}", "blue", "2024/03/01/blue-r1"},
      {"{id}", "blue", "r1"},
      {"rec.{id}.d", "blue", "rec.r1.d"},
      {"{room}/{id}", ".hidden", "~hidden/r1"},
      {"{room}/{id}", "...", "~../r1"},
      {"x{room}/{id}", ".hidden", "x.hidden/r1"},
      {"{room}{room}-{id}", "..a", "~.a..a-r1"},
  };
  for (const auto& expected : cases) {
    const std::string path = NameTemplate(expected.text).expand(expected.room, "r1", kTime_ms);
    EXPECT_EQ(path, expected.path);
    EXPECT_FALSE(safe_parts(path).empty()) << path;
  }
}

TEST(NameTemplate, RefusesATemplateThatCouldLeaveTheDirectoryOrRepeat) {
  const struct {
    const char *text, *named;
  } cases[] = {
      {"", "{id}"},
      {"{room}", "{id}"},
      {"{room}/{name}-{id}", "{name}"},
      {"{id", "{id}"},
      {"{id}-{room", "without its }"},
      {"../{id}", "path"},
      {"/{id}", "path"},
      {"{id}/", "path"},
      {"a//{id}", "path"},
      {"./{id}", "path"},
      {".{id}", "path"},
      {"a b/{id}", "path"},
      {"{id}\n", "path"},
      {"\xC3\xA9{id}", "path"},
      {"{id}}", "path"},
      {"a/b/c/d/{id}", "path"},
      {"{id}{id}{id}{id}", "path"},
  };
  for (const auto& refused : cases) {
    const Refusal refusal = refusal_of([&] { NameTemplate{refused.text}; });
    EXPECT_EQ(refusal.code, VECHE_E_INVALID) << refused.text;
    EXPECT_TRUE(contains(refusal.why, refused.named)) << refusal.why;
  }
}

}  // namespace
}  // namespace veche::recording
