// SPDX-License-Identifier: Apache-2.0
// Tests of JSON merge patches.
#include "glib/merge_patch.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

TEST(MergePatch, FollowsTheExamplesOfTheRfc) {
  // RFC 7396, appendix A, where both are objects.
  const char* rows[][3] = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const auto& [original, patch, result] : rows) {
    const auto target = parse_json(original);
    const auto change = parse_json(patch);
    merge_patch(json_node_get_object(target->get()), json_node_get_object(change->get()));
    EXPECT_EQ(to_text(target->get()), result) << original << " " << patch;
  }
}

}  // namespace
}  // namespace veche::glib
