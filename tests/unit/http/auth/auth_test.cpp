// SPDX-License-Identifier: Apache-2.0
// Tests of credentials: API keys, join tokens, and their permissions.
#include "http/auth/auth.hpp"

#include <gtest/gtest.h>
#include <jwt.h>

#include <cstdlib>

#include "glib/ref.hpp"

namespace veche::http {
namespace {

constexpr int64_t kNow = 1'700'000'000;

Authenticator example() {
  return std::move(Authenticator::create({{"ops", "o.p-s", {"admin"}},
                                          {"back", "secret of the backend", {"rooms"}},
                                          {"eye", "secret of the dashboard", {"read"}},
                                          {"prom", "p", {"metrics"}}}))
      .value();
}

std::string token(const std::string& claims, const std::string& key_id = "back",
                  const std::string& secret = "secret of the backend",
                  jwt_alg_t algorithm = JWT_ALG_HS256) {
  jwt_t* jwt = nullptr;
  EXPECT_EQ(jwt_new(&jwt), 0);
  EXPECT_EQ(jwt_add_grants_json(jwt, claims.c_str()), 0);
  if (!key_id.empty()) {
    EXPECT_EQ(jwt_add_header(jwt, "kid", key_id.c_str()), 0);
  }
  const auto* key =
      algorithm == JWT_ALG_NONE ? nullptr : reinterpret_cast<const unsigned char*>(secret.data());
  EXPECT_EQ(jwt_set_alg(jwt, algorithm, key, key ? static_cast<int>(secret.size()) : 0), 0);
  char* text = jwt_encode_str(jwt);
  const std::string result = text ? text : "";
  std::free(text);
  jwt_free(jwt);
  return result;
}

std::string claims(const std::string& more = "", int64_t expires_s = kNow + 60) {
  return R"({"sub":"ann","room":"blue","exp":)" + std::to_string(expires_s) + more + "}";
}

std::string refusal(const std::string& credential) {
  const auto principal = example().authenticate(credential, kNow);
  if (principal.ok()) return "";
  EXPECT_EQ(principal.error().code, ErrorCode::Unauthenticated);
  return principal.error().message;
}

TEST(Auth, KnowsAnApiKeyByItsIdAndSecret) {
  const auto principal = example().authenticate("ops.o.p-s", kNow);
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->key_id, "ops");
  EXPECT_FALSE(principal->token);
  for (const char* wrong :
       {"", ".", "ops", "ops.", "ops.o.p-", "ops.o.p-s ", "nobody.o.p-s", "prom.", "a.b.c"}) {
    EXPECT_NE(refusal(wrong), "") << wrong;
  }
}

TEST(Auth, RefusesKeysThatCouldNotBeToldApartOrGuessed) {
  EXPECT_FALSE(Authenticator::create({{"a.b", "s", {}}}).ok());
  EXPECT_FALSE(Authenticator::create({{"", "s", {}}}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "", {}}}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "s", {"root"}}}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "s", {}}, {"a", "t", {}}}).ok());
  EXPECT_TRUE(Authenticator::create({}).ok());
}

TEST(Auth, ReadsAJoinTokenWithAllOfItsClaims) {
  const auto principal = example().authenticate(
      token(claims(R"(,"name":"Ann","metadata":{"a":1},"publish":["audio"],"subscribe":false,)"
                   R"("slots":{"audio":5},"iss":"backend","private":[1])")),
      kNow);
  ASSERT_TRUE(principal.ok()) << principal.error().message;
  EXPECT_TRUE(principal->scopes.empty());
  const JoinToken& join = *principal->token;
  EXPECT_EQ(join.room, "blue");
  EXPECT_EQ(join.participant, "ann");
  EXPECT_EQ(join.settings.name, "Ann");
  EXPECT_EQ(join.settings.metadata, R"({"a":1})");
  EXPECT_TRUE(join.settings.permissions.publish_audio);
  EXPECT_FALSE(join.settings.permissions.publish_video);
  EXPECT_FALSE(join.settings.permissions.subscribe);
  EXPECT_EQ(join.settings.max_audio_slots, 5u);
}

TEST(Auth, RefusesTokensWithWrongSignaturesAndAlgorithms) {
  EXPECT_NE(refusal(token(claims(), "back", "another secret")), "");
  EXPECT_NE(refusal(token(claims(), "ops")), "") << "signed by another key than the one it names";
  EXPECT_NE(refusal(token(claims(), "nobody")), "");
  EXPECT_NE(refusal(token(claims(), "")), "");
  EXPECT_NE(refusal(token(claims(), "back", "", JWT_ALG_NONE)), "");
  EXPECT_NE(refusal(token(claims(), "back", "secret of the backend", JWT_ALG_HS512)), "");
  std::string cut = token(claims());
  EXPECT_NE(refusal(cut.substr(0, cut.rfind('.') + 1)), "") << "no signature";
  cut[cut.size() - 2] = cut[cut.size() - 2] == 'A' ? 'B' : 'A';
  EXPECT_NE(refusal(cut), "");
  EXPECT_NE(refusal("eyJ.x.y"), "");
}

TEST(Auth, RefusesATokenThatClaimsRsaAndIsSignedWithTheSecret) {
  // The header says RS256; the signature is the HMAC that a confused verifier would compute.
  const std::string good = token(claims());
  const glib::StringPtr header(g_base64_encode(
      reinterpret_cast<const guchar*>(R"({"typ":"JWT","alg":"RS256","kid":"back"})"), 40));
  std::string first = header.get();
  while (first.back() == '=') first.pop_back();
  EXPECT_NE(refusal(first + good.substr(good.find('.'))), "");
}

TEST(Auth, RefusesTokensOutsideTheirTime) {
  EXPECT_EQ(refusal(token(claims("", kNow + 1))), "");
  EXPECT_EQ(refusal(token(claims("", kNow + 24 * 3600))), "");
  EXPECT_NE(refusal(token(claims("", kNow))), "");
  EXPECT_NE(refusal(token(claims("", kNow - 1))), "");
  EXPECT_NE(refusal(token(claims("", kNow + 24 * 3600 + 61))), "");
  EXPECT_NE(refusal(token(R"({"sub":"ann","room":"blue"})")), "");
  EXPECT_NE(refusal(token(R"({"sub":"ann","room":"blue","exp":"tomorrow"})")), "");
  EXPECT_NE(refusal(token(claims(",\"nbf\":" + std::to_string(kNow + 61)))), "");
  EXPECT_EQ(refusal(token(claims(",\"nbf\":" + std::to_string(kNow + 60)))), "");
}

TEST(Auth, RefusesBadClaimsAndHugeTokens) {
  EXPECT_NE(refusal(token(R"({"room":"blue","exp":1700000060})")), "");
  EXPECT_NE(refusal(token(R"({"sub":"../x","room":"blue","exp":1700000060})")), "");
  EXPECT_NE(refusal(token(claims(R"(,"publish":["screen"])"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"slots":{"audio":-1})"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"metadata":"text")"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"metadata":{"a":")" + std::string(8192, 'x') + "\"}"))), "");
}

TEST(Auth, RefusesTokensOfKeysThatMayNotSign) {
  EXPECT_NE(refusal(token(claims(), "eye", "secret of the dashboard")), "");
  EXPECT_NE(refusal(token(claims(), "prom", "p")), "");
  EXPECT_EQ(refusal(token(claims(), "ops", "o.p-s")), "");
}

TEST(Auth, MintsTokensThatItAccepts) {
  const Authenticator auth = example();
  const Principal backend = *auth.authenticate("back.secret of the backend", kNow);
  JoinToken join{"blue", "ann", kNow + 60, {}};
  join.settings.name = "Ann";
  join.settings.metadata = R"({"a":1})";
  join.settings.permissions.publish_video = false;
  join.settings.max_audio_slots = 3;
  const auto text = auth.mint(backend, join);
  ASSERT_TRUE(text.ok());
  const auto principal = auth.authenticate(*text, kNow);
  ASSERT_TRUE(principal.ok()) << principal.error().message;
  EXPECT_EQ(principal->token->room, "blue");
  EXPECT_EQ(principal->token->settings.name, "Ann");
  EXPECT_EQ(principal->token->settings.metadata, R"({"a":1})");
  EXPECT_TRUE(principal->token->settings.permissions.publish_audio);
  EXPECT_FALSE(principal->token->settings.permissions.publish_video);
  EXPECT_EQ(principal->token->settings.max_audio_slots, 3u);

  const Principal dashboard = *auth.authenticate("eye.secret of the dashboard", kNow);
  EXPECT_FALSE(auth.mint(dashboard, join).ok());
}

TEST(Auth, ScopesReachWhatTheySayAndNothingElse) {
  struct Row {
    const char* credential;
    std::set<Access> reaches;
  };
  const Access all[] = {Access::ReadServer, Access::ReadRooms, Access::WriteRooms,
                        Access::ReadParticipant, Access::UseParticipant};
  const Row rows[] = {
      {"ops.o.p-s", {std::begin(all), std::end(all)}},
      {"back.secret of the backend",
       {Access::ReadRooms, Access::WriteRooms, Access::ReadParticipant, Access::UseParticipant}},
      {"eye.secret of the dashboard",
       {Access::ReadServer, Access::ReadRooms, Access::ReadParticipant}},
      {"prom.p", {}},
  };
  for (const Row& row : rows) {
    const Principal principal = *example().authenticate(row.credential, kNow);
    for (const Access access : all) {
      EXPECT_EQ(authorize(principal, access, "blue", "ann").ok(), row.reaches.count(access) > 0)
          << row.credential << " " << static_cast<int>(access);
    }
    EXPECT_TRUE(authorize(principal, Access::Anybody, "", "").ok());
  }
}

TEST(Auth, AJoinTokenReachesItsOwnParticipantOnly) {
  const Principal ann = *example().authenticate(token(claims()), kNow);
  for (const Access access : {Access::ReadParticipant, Access::UseParticipant}) {
    EXPECT_TRUE(authorize(ann, access, "blue", "ann").ok());
    EXPECT_FALSE(authorize(ann, access, "blue", "bob").ok());
    EXPECT_FALSE(authorize(ann, access, "red", "ann").ok());
  }
  for (const Access access : {Access::ReadServer, Access::ReadRooms, Access::WriteRooms}) {
    EXPECT_FALSE(authorize(ann, access, "blue", "ann").ok());
    EXPECT_FALSE(authorize(ann, access, "", "").ok());
  }
}

}  // namespace
}  // namespace veche::http
