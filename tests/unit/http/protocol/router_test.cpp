// SPDX-License-Identifier: Apache-2.0
// Tests of the router: the handler for a method and a path, and the answer when there is none.
#include "http/protocol/router.hpp"

#include <gtest/gtest.h>

namespace veche::http {
namespace {

Router example() {
  Router router;
  const auto add = [&](const char* method, const char* pattern) {
    router.add({method, pattern, Access::Anybody, BodyKind::Nothing, nullptr});
  };
  add("GET", "/v1/rooms");
  add("GET", "/v1/rooms/{room}");
  add("PUT", "/v1/rooms/{room}");
  add("GET", "/v1/rooms/{room}/participants/{participant}");
  return router;
}

TEST(Router, FindsTheRouteAndTheNamesInThePath) {
  const Router router = example();
  const auto match = router.match("GET", "/v1/rooms/blue/participants/ann~1");
  ASSERT_TRUE(match.ok());
  ASSERT_NE(match->route, nullptr);
  EXPECT_EQ(match->route->pattern, "/v1/rooms/{room}/participants/{participant}");
  EXPECT_EQ(match->params.at("room"), "blue");
  EXPECT_EQ(match->params.at("participant"), "ann~1");
}

TEST(Router, DecodesNamesBeforeItChecksThem) {
  const Router router = example();
  EXPECT_EQ(router.match("GET", "/v1/rooms/bl%75e")->params.at("room"), "blue");
  for (const char* path : {"/v1/rooms/%2e%2e", "/v1/rooms/..", "/v1/rooms/a%2Fb", "/v1/rooms/a%00b",
                           "/v1/rooms/a%zz", "/v1/rooms/a%20b", "/v1/rooms/%C3%A9"}) {
    const auto match = router.match("GET", path);
    ASSERT_FALSE(match.ok()) << path;
    EXPECT_EQ(match.error().code, ErrorCode::InvalidArgument);
  }
  EXPECT_FALSE(router.match("GET", "/v1/rooms/" + std::string(65, 'a')).ok());
}

TEST(Router, TellsUnknownPathsFromUnknownMethods) {
  const Router router = example();
  for (const char* path :
       {"/", "", "/v1", "/v1/rooms/", "/v1/rooms/a/", "/v1/rooms/a/b", "//v1/rooms", "/V1/rooms"}) {
    const auto match = router.match("GET", path);
    ASSERT_TRUE(match.ok()) << path;
    EXPECT_TRUE(match->allowed.empty()) << path;
  }
  const auto match = router.match("DELETE", "/v1/rooms/a");
  EXPECT_EQ(match->route, nullptr);
  EXPECT_EQ(allow_header(match->allowed), "GET, HEAD, PUT, OPTIONS");
}

TEST(Router, TakesATrailingSlashWhereARouteSaysSo) {
  Router router = example();
  Route route{"POST", "/whip/{room}", Access::EnterRoom, BodyKind::Sdp, nullptr};
  route.takes_trailing_slash = true;
  router.add(std::move(route));
  for (const char* path : {"/whip/blue", "/whip/blue/"}) {
    const auto match = router.match("POST", path);
    ASSERT_TRUE(match.ok()) << path;
    ASSERT_NE(match->route, nullptr) << path;
    EXPECT_EQ(match->params.at("room"), "blue");
  }
  for (const char* path : {"/whip", "/whip/", "/whip//", "/whip/blue//", "/"}) {
    EXPECT_TRUE(router.match("POST", path)->allowed.empty()) << path;
  }
}

TEST(Router, SaysWhatBodiesAPathTakes) {
  Router router;
  const auto add = [&](const char* method, const char* pattern, BodyKind body) {
    router.add({method, pattern, Access::Anybody, body, nullptr});
  };
  add("POST", "/offers", BodyKind::Sdp);
  add("PATCH", "/rooms", BodyKind::MergePatch);
  add("POST", "/rooms", BodyKind::Nothing);
  add("PUT", "/rooms", BodyKind::Json);
  EXPECT_EQ(router.match("OPTIONS", "/offers")->accept_post, "application/sdp");
  EXPECT_EQ(router.match("OPTIONS", "/offers")->accept_patch, "");
  EXPECT_EQ(router.match("OPTIONS", "/rooms")->accept_post, "");
  EXPECT_EQ(router.match("OPTIONS", "/rooms")->accept_patch,
            "application/merge-patch+json, application/json");
}

}  // namespace
}  // namespace veche::http
