// SPDX-License-Identifier: Apache-2.0
// Tests of problem details, entity tags and ICE servers.
#include <gtest/gtest.h>

#include "http/api/ice_servers.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

TEST(Problem, EveryErrorCodeHasItsStatus) {
  const std::pair<ErrorCode, int> rows[] = {
      {ErrorCode::InvalidArgument, 400},  {ErrorCode::Unauthenticated, 401},
      {ErrorCode::PermissionDenied, 403}, {ErrorCode::NotFound, 404},
      {ErrorCode::Conflict, 409},         {ErrorCode::PreconditionFailed, 412},
      {ErrorCode::Unsupported, 415},      {ErrorCode::Exhausted, 503},
      {ErrorCode::Unavailable, 503},      {ErrorCode::Internal, 500},
      {ErrorCode::OverCapacity, 503},
  };
  for (const auto& [code, status] : rows) {
    const Response response = problem(Error{code, "why"});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(response.body.find("why") == std::string::npos, code == ErrorCode::Internal);
  }
  EXPECT_EQ(problem(Error{ErrorCode::Exhausted, ""}).headers[0].first, "Retry-After");
  EXPECT_EQ(problem(401, "").headers[0].first, "WWW-Authenticate");
}

TEST(Problem, IsJsonWhateverTheDetailHolds) {
  const std::string json = to_json(problem_of(400, "a\"\xff\n", {{"/a", "b"}}));
  EXPECT_TRUE(glib::parse_json(json).ok()) << json;
  EXPECT_NE(json.find(R"("errors":[{"pointer":"/a","detail":"b"}])"), std::string::npos);
  EXPECT_NE(json.find(R"("type":"/problems/invalid-request")"), std::string::npos);
}

TEST(EntityTag, IfMatchAsksForTheRevisionOnly) {
  const EntityTag before(1000, 5, "nobody speaks"), after(1000, 5, "ann speaks"),
      changed(1000, 6, "ann speaks");
  EXPECT_TRUE(after.matches(before.text()));
  EXPECT_FALSE(changed.matches(before.text()));
  EXPECT_FALSE(EntityTag(2000, 5, "nobody speaks").matches(before.text()))
      << "another thing of the same name";
  EXPECT_FALSE(EntityTag(1000, 0x55, "").matches(before.text()));
  EXPECT_TRUE(after.matches("\"x\" , " + before.text()));
  EXPECT_TRUE(after.matches("*"));
  EXPECT_TRUE(after.matches(""));
  EXPECT_FALSE(after.matches("W/" + before.text())) << "weak tags do not match strongly";
}

TEST(EntityTag, IfNoneMatchAsksForTheWholeRepresentation) {
  const EntityTag before(1000, 5, "nobody speaks"), after(1000, 5, "ann speaks");
  EXPECT_TRUE(before.is_known(before.text()));
  EXPECT_TRUE(before.is_known("W/" + before.text()));
  EXPECT_TRUE(before.is_known("*"));
  EXPECT_FALSE(after.is_known(before.text()));
  EXPECT_FALSE(after.is_known(""));
}

TEST(EntityTag, PreconditionsGuardWhatExistsAndWhatDoesNot) {
  const EntityTag tag(1, 1, "x");
  Request request;
  EXPECT_FALSE(refuse_change(request, &tag));
  EXPECT_FALSE(refuse_change(request, nullptr));
  request.conditions.if_none_match = "*";
  EXPECT_TRUE(refuse_change(request, &tag));
  EXPECT_FALSE(refuse_change(request, nullptr));
  request = {};
  request.conditions.if_match = "*";
  EXPECT_FALSE(refuse_change(request, &tag));
  EXPECT_TRUE(refuse_change(request, nullptr));
}

TEST(IceServers, GetCredentialsThatExpire) {
  const auto views = ice_servers_for(
      {{{"stun:s.example"}, ""}, {{"turn:t.example?transport=udp", "turns:t.example"}, "north"}},
      "ann", 1'700'000'000);
  ASSERT_EQ(views.size(), 2u);
  EXPECT_EQ(views[0].username, "");
  EXPECT_EQ(views[1].username, "1700003600:ann");
  // printf '1700003600:ann' | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_EQ(views[1].credential, "TwqKCcbzejRFa1sgGqGS7SEzCGg=");
  const auto later = ice_servers_for({{{"turns:t.example"}, "north"}}, "ann", 1'700'000'060);
  EXPECT_EQ(later[0].username, "1700003660:ann") << "fresh each time";
  EXPECT_NE(later[0].credential, views[1].credential);
  Response response;
  add_links(response, views);
  ASSERT_EQ(response.headers.size(), 3u);
  EXPECT_EQ(response.headers[0].second, R"(<stun:s.example>; rel="ice-server")");
  EXPECT_EQ(
      response.headers[1].second,
      R"(<turn:t.example?transport=udp>; rel="ice-server"; username="1700003600:ann"; credential=")" +
          views[1].credential + R"("; credential-type="password")");
}

}  // namespace
}  // namespace veche::http
