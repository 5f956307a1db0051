// SPDX-License-Identifier: Apache-2.0
// Tests of the page without scripts: nothing in a document becomes markup.
#include "http/openapi/page.hpp"

#include <gmock/gmock.h>

#include "http/openapi/document.hpp"

namespace veche::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kEvil[] = "<script>alert('&\"')</script>";

TEST(Page, EscapesWhatPluginsSay) {
  const Route route{.method = "GET",
                    .pattern = "/v1/plugins/evil/{room}",
                    .access = Access::ReadRooms,
                    .body = BodyKind::SmallJson,
                    .operation = {.tag = "evil",
                                  .id = kEvil,
                                  .summary = kEvil,
                                  .outcomes = {{200, kEvil, R"({"description": "<script>"})"},
                                               {201, kEvil, "", "<script>"}},
                                  .body = R"({"title": "<script>", "type": "object"})",
                                  .query = R"({"properties": {"<script>": {"type": "string",
                                                "description": "<script>"}}})",
                                  .is_plugins = true}};
  const std::string page = plain_page(openapi_document({&route}, kEvil));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert("));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("GET /v1/plugins/evil/{room}"));
}

TEST(Page, LinksToEachOperation) {
  const Route route{.method = "GET",
                    .pattern = "/v1/things/{thing}",
                    .access = Access::ReadRooms,
                    .body = BodyKind::Nothing,
                    .operation = {.tag = "Rooms",
                                  .id = "getThing",
                                  .summary = "Reads a thing",
                                  .outcomes = {{200, "The thing."}}}};
  const std::string page = plain_page(openapi_document({&route}, ""));
  EXPECT_THAT(page, HasSubstr("<a href=\"#getThing\"><code>GET /v1/things/{thing}</code></a> "
                              "Reads a thing"));
  EXPECT_THAT(page, HasSubstr("<section id=\"getThing\">"));
}

TEST(Page, AllowsItsOwnStyleAndNothingElse) {
  const Response response = plain_response("<p>");
  const std::string policy = response.headers.at(0).second;
  EXPECT_EQ(response.headers.at(0).first, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, HasSubstr("style-src 'sha256-"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(policy, Not(HasSubstr("script-src")));
}

}  // namespace
}  // namespace veche::http
