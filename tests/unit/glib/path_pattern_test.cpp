// SPDX-License-Identifier: Apache-2.0
// Tests of path patterns: which are legal, which paths they match, and the names they extract.
#include "glib/path_pattern.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

PathPattern pattern(const char* text) { return std::move(PathPattern::parse(text)).value(); }

TEST(PathPattern, FitsPathsPartByPart) {
  const PathPattern stage = pattern("/rooms/{room}/stage");
  EXPECT_TRUE(stage.fits(split_path("/rooms/blue/stage")));
  for (const char* path : {"/rooms/blue", "/rooms//stage", "/rooms/blue/stage/",
                           "/Rooms/blue/stage", "/rooms/blue/stag%65", "//rooms/blue/stage", "/"}) {
    EXPECT_FALSE(stage.fits(split_path(path))) << path;
  }
}

TEST(PathPattern, FindsNamesInTheirOrderDecoded) {
  const PathPattern both = pattern("/{room}/with/{participant}");
  const auto names = both.names_in(split_path("/bl%75e/with/ann"));
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(*names, (PathPattern::Names{{"room", "blue"}, {"participant", "ann"}}));
  for (const char* path : {"/%2e%2e/with/ann", "/a%2Fb/with/ann", "/a/with/%zz", "/a/with/%00"}) {
    EXPECT_FALSE(both.names_in(split_path(path)).ok()) << path;
  }
}

TEST(PathPattern, RefusesWhatIsNotLegalAndSaysWhy) {
  const struct {
    std::string text, reason;
  } cases[] = {
      {"", "does not begin with a slash"},
      {"stage", "does not begin with a slash"},
      {"/", "has the part \"\""},
      {"/a/", "has the part \"\""},
      {"//a", "has the part \"\""},
      {"/a/..", "has the part \"..\""},
      {"/a b", "has the part \"a b\""},
      {"/a?b", "has the part \"a?b\""},
      {"/a/{b", "has the part \"{b\""},
      {"/x{b}", "has the part \"x{b}\""},
      {"/{}", "has the variable \"\""},
      {"/{Room}", "has the variable \"Room\""},
      {"/{a}/{a}", "has the variable \"a\" twice"},
      {"/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q", "has more than 16 parts"},
  };
  for (const auto& [text, reason] : cases) {
    const auto parsed = PathPattern::parse(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().message.find(reason), std::string::npos) << parsed.error().message;
  }
}

TEST(PathPattern, IsTheSameWhenItFitsTheSamePaths) {
  EXPECT_TRUE(pattern("/rooms/{room}").is_same_as(pattern("/rooms/{name}")));
  EXPECT_FALSE(pattern("/rooms/{room}").is_same_as(pattern("/rooms/room")));
  EXPECT_FALSE(pattern("/rooms/{room}").is_same_as(pattern("/rooms/{room}/stage")));
  EXPECT_FALSE(pattern("/a").is_same_as(pattern("/b")));
}

}  // namespace
}  // namespace veche::glib
