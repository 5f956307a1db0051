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
constexpr int64_t kNowMs = kNow * 1000;
constexpr char kSigningSecret[] = "the secret of the first signing key";
constexpr char kOtherSecret[] = "the secret of the other signing key";

const std::vector<ApiKey> kKeys{{"ops", "o.p-s", {"admin"}},
                                {"back", "secret of the backend, rather long", {"rooms"}},
                                {"eye", "secret of the dashboard", {"read"}},
                                {"prom", "p", {"metrics"}}};
const std::vector<SigningKey> kSigningKeys{{"one", kSigningSecret}, {"two", kOtherSecret}};

Authenticator example() { return std::move(Authenticator::create(kKeys, kSigningKeys)).value(); }

std::string token(const std::string& claims, const std::string& key_id = "one",
                  const std::string& secret = kSigningSecret, jwt_alg_t algorithm = JWT_ALG_HS256) {
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

/// Those that are required, with times as text.
std::string timed(const std::string& issued, const std::string& expires,
                  const std::string& more = "") {
  return R"({"sub":"ann","room":"blue","iat":)" + issued + R"(,"exp":)" + expires + more + "}";
}

std::string claims(const std::string& more = "", int64_t expires_s = kNow + 60) {
  return timed(std::to_string(kNow), std::to_string(expires_s), more);
}

std::string refusal(const std::string& credential, int64_t now_ms = kNowMs) {
  const auto principal = example().authenticate(credential, now_ms);
  if (principal.ok()) return "";
  EXPECT_EQ(principal.error().code, ErrorCode::Unauthenticated);
  return principal.error().message;
}

TEST(Auth, KnowsAnApiKeyByItsIdAndSecret) {
  const auto principal = example().authenticate("ops.o.p-s", kNowMs);
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->key_id, "ops");
  EXPECT_FALSE(principal->token);
  for (const char* wrong :
       {"", ".", "ops", "ops.", "ops.o.p-", "ops.o.p-s ", "nobody.o.p-s", "prom.", "a.b.c"}) {
    EXPECT_NE(refusal(wrong), "") << wrong;
  }
}

TEST(Auth, RefusesKeysThatCouldNotBeToldApartOrGuessed) {
  EXPECT_FALSE(Authenticator::create({{"a.b", "s", {}}}, {}).ok());
  EXPECT_FALSE(Authenticator::create({{"", "s", {}}}, {}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "", {}}}, {}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "s", {"root"}}}, {}).ok());
  EXPECT_FALSE(Authenticator::create({{"a", "s", {}}, {"a", "t", {}}}, {}).ok());
  EXPECT_TRUE(Authenticator::create({}, {}).ok());
  EXPECT_FALSE(Authenticator::create({}, {{"a/b", kSigningSecret}}).ok());
  EXPECT_FALSE(Authenticator::create({}, {{"a", std::string(31, 's')}}).ok());
  EXPECT_TRUE(Authenticator::create({}, {{"a", std::string(32, 's')}}).ok());
  EXPECT_FALSE(Authenticator::create({}, {{"a", kSigningSecret}, {"a", kOtherSecret}}).ok());
}

TEST(Auth, ReadsTheCredentialOfAHeader) {
  const std::pair<const char*, const char*> rows[] = {
      {"Bearer a.b", "a.b"},
      {"Bearer    a.b", "a.b"},
      {"bearer a.b", "a.b"},
      {"BEARER  a b", "a b"},
      {"Bearer", ""},
      {"Bearer ", ""},
      {"Bearer   ", ""},
      {"Bearera.b", ""},
      {"Basic a.b", ""},
      {"Bearer\ta.b", ""},
      {"", ""},
      {"Bear", ""},
  };
  for (const auto& [header, credential] : rows) EXPECT_EQ(bearer_of(header), credential) << header;
}

TEST(Auth, TakesATokenButNoApiKeyFromAUrl) {
  const Authenticator auth = example();
  const auto ann = auth.authenticate_url(token(claims()), kNowMs);
  ASSERT_TRUE(ann.ok()) << ann.error().message;
  EXPECT_EQ(ann->token->participant, "ann");
  for (const char* key : {"ops.o.p-s", "prom.p", "back.secret of the backend, rather long"}) {
    ASSERT_TRUE(auth.authenticate(key, kNowMs).ok());
    const auto refused = auth.authenticate_url(key, kNowMs);
    ASSERT_FALSE(refused.ok()) << key;
    EXPECT_EQ(refused.error().code, ErrorCode::Unauthenticated);
    EXPECT_NE(refused.error().message.find("no API key"), std::string::npos);
  }
}

TEST(Auth, ReadsAJoinTokenWithAllOfItsClaims) {
  const auto principal = example().authenticate(
      token(claims(
          R"(,"name":"Ann","metadata":{"a":1},"attributes":{"role":"host"},"publish":["audio"],"subscribe":false,)"
          R"("slots":{"audio":5},"muted":true,"iss":"backend","private":[1],"create_room":true)")),
      kNowMs);
  ASSERT_TRUE(principal.ok()) << principal.error().message;
  EXPECT_TRUE(principal->scopes.empty());
  const JoinToken& join = *principal->token;
  EXPECT_EQ(join.room, "blue");
  EXPECT_EQ(join.participant, "ann");
  EXPECT_EQ(join.issued_ms, kNowMs);
  EXPECT_EQ(join.expires_ms, kNowMs + 60'000);
  EXPECT_TRUE(join.create_room);
  EXPECT_FALSE(example().authenticate(token(claims()), kNowMs)->token->create_room);
  EXPECT_EQ(join.settings.name, "Ann");
  EXPECT_EQ(join.settings.metadata, R"({"a":1})");
  EXPECT_EQ(join.settings.attributes, (room::Attributes{{"role", "host"}}));
  EXPECT_TRUE(join.settings.permissions.publish_audio);
  EXPECT_FALSE(join.settings.permissions.publish_video);
  EXPECT_FALSE(join.settings.permissions.subscribe);
  EXPECT_EQ(join.settings.max_audio_slots, 5u);
  EXPECT_TRUE(join.settings.muted_by_backend);
}

TEST(Auth, RefusesTokensWithWrongSignaturesAndAlgorithms) {
  EXPECT_EQ(refusal(token(claims(), "two", kOtherSecret)), "");
  EXPECT_NE(refusal(token(claims(), "one", "another secret")), "");
  EXPECT_NE(refusal(token(claims(), "two")), "") << "signed by another key than the one it names";
  EXPECT_NE(refusal(token(claims(), "nobody")), "");
  EXPECT_NE(refusal(token(claims(), "")), "");
  EXPECT_NE(refusal(token(claims(), "one", "", JWT_ALG_NONE)), "");
  EXPECT_NE(refusal(token(claims(), "one", kSigningSecret, JWT_ALG_HS512)), "");
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
      reinterpret_cast<const guchar*>(R"({"typ":"JWT","alg":"RS256","kid":"one"})"), 39));
  std::string first = header.get();
  while (first.back() == '=') first.pop_back();
  EXPECT_NE(refusal(first + good.substr(good.find('.'))), "");
}

TEST(Auth, RefusesTokensOutsideTheirTimeWithOneLeewayForAllClaims) {
  const auto at = [](int64_t offset_s) { return std::to_string(kNow + offset_s); };
  struct Row {
    std::string claims;
    const char* part;  ///< Of the refusal; nothing: it is accepted.
  };
  const Row rows[] = {
      {timed(at(0), at(1)), nullptr},
      {timed(at(-100), at(-59)), nullptr},
      {timed(at(-100), at(-60)), "has expired"},
      {timed(at(60), at(70)), nullptr},
      {timed(at(61), at(70)), "in the future"},
      {timed(at(0), at(70), ",\"nbf\":" + at(60)), nullptr},
      {timed(at(0), at(70), ",\"nbf\":" + at(61)), "not valid yet"},
      {timed(at(0), at(24 * 3600)), nullptr},
      {timed(at(0), at(24 * 3600 + 1)), "too long"},
      {timed(at(-23 * 3600), at(2 * 3600)), "too long"},
      {R"({"sub":"ann","room":"blue","iat":)" + at(0) + "}", "\"exp\""},
      {R"({"sub":"ann","room":"blue","exp":)" + at(60) + "}", "\"iat\""},
      {timed("\"today\"", at(60)), "\"iat\""},
      {timed(at(0), "\"tomorrow\""), "\"exp\""},
      {timed(at(0), at(60), R"(,"nbf":"now")"), "\"nbf\""},
      {timed(at(0), at(60), R"(,"nbf":null)"), "\"nbf\""},
      {timed("-1e300", "1e300"), "\"exp\""},
      {timed("-1e300", at(60)), "\"iat\""},
      {timed("-9223372036854775808", "9223372036854775807"), "\"exp\""},
  };
  for (const Row& row : rows) {
    const std::string refused = refusal(token(row.claims));
    if (row.part) {
      EXPECT_NE(refused.find(row.part), std::string::npos) << row.claims << refused;
    } else {
      EXPECT_EQ(refused, "") << row.claims;
    }
  }
}

TEST(Auth, ReadsTimesWithFractions) {
  const auto principal = example().authenticate(
      token(timed("1699999999.5", "1700000060.25", R"(,"nbf":1.7e9)")), kNowMs);
  ASSERT_TRUE(principal.ok()) << principal.error().message;
  EXPECT_EQ(principal->token->issued_ms, kNowMs - 500);
  EXPECT_EQ(principal->token->expires_ms, kNowMs + 60'250);
  const std::string short_lived = token(timed("1700000000.25", "1700000000.75"));
  EXPECT_EQ(refusal(short_lived, kNowMs + 60'749), "");
  EXPECT_NE(refusal(short_lived, kNowMs + 60'750), "");
  EXPECT_EQ(refusal(short_lived, kNowMs - 59'750), "");
  EXPECT_NE(refusal(short_lived, kNowMs - 59'751), "");
}

TEST(Auth, RefusesBadClaimsAndHugeTokens) {
  const std::string times = R"("iat":1700000000,"exp":1700000060})";
  EXPECT_NE(refusal(token(R"({"room":"blue",)" + times)), "");
  EXPECT_NE(refusal(token(R"({"sub":"../x","room":"blue",)" + times)), "");
  EXPECT_NE(refusal(token(claims(R"(,"publish":["screen"])"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"slots":{"audio":-1})"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"metadata":"text")"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"create_room":"yes")"))), "");
  EXPECT_NE(refusal(token(claims(R"(,"metadata":{"a":")" + std::string(8192, 'x') + "\"}"))), "");
}

TEST(Auth, ApiKeysSignNoTokens) {
  for (const ApiKey& key : kKeys) {
    const std::string refused = refusal(token(claims(), key.id, key.secret));
    EXPECT_NE(refused.find("auth.signing_keys"), std::string::npos) << key.id << refused;
  }
}

TEST(Auth, MintsTokensThatItAccepts) {
  const Authenticator auth = example();
  const Principal backend = *auth.authenticate("back.secret of the backend, rather long", kNowMs);
  JoinToken join{.room = "blue",
                 .participant = "ann",
                 .issued_ms = kNowMs + 123,
                 .expires_ms = kNowMs + 123 + kMaxTokenMs};
  join.settings.name = "Ann";
  join.settings.metadata = R"({"a":1})";
  join.settings.attributes = {{"role", "host"}};
  join.settings.permissions.publish_video = false;
  join.settings.max_audio_slots = 3;
  join.settings.muted_by_backend = true;
  const auto text = auth.mint(backend, join);
  ASSERT_TRUE(text.ok());
  const auto principal = auth.authenticate(*text, kNowMs);
  ASSERT_TRUE(principal.ok()) << principal.error().message;
  EXPECT_EQ(principal->key_id, "one") << "the first key signs";
  EXPECT_EQ(principal->token->room, "blue");
  EXPECT_EQ(principal->token->issued_ms, kNowMs + 123);
  EXPECT_EQ(principal->token->expires_ms, kNowMs + 123 + kMaxTokenMs);
  EXPECT_FALSE(principal->token->create_room);
  EXPECT_EQ(principal->token->settings.name, "Ann");
  EXPECT_EQ(principal->token->settings.metadata, R"({"a":1})");
  EXPECT_EQ(principal->token->settings.attributes, (room::Attributes{{"role", "host"}}));
  EXPECT_TRUE(principal->token->settings.permissions.publish_audio);
  EXPECT_FALSE(principal->token->settings.permissions.publish_video);
  EXPECT_EQ(principal->token->settings.max_audio_slots, 3u);
  EXPECT_TRUE(principal->token->settings.muted_by_backend);
  join.create_room = true;
  EXPECT_TRUE(auth.authenticate(*auth.mint(backend, join), kNowMs)->token->create_room);

  const Principal dashboard = *auth.authenticate("eye.secret of the dashboard", kNowMs);
  EXPECT_FALSE(auth.mint(dashboard, join).ok());
  EXPECT_FALSE(auth.mint(*principal, join).ok()) << "a token makes no tokens";
  EXPECT_FALSE(Authenticator::create(kKeys, {}).value().mint(backend, join).ok());
}

TEST(Auth, EveryMillisecondSurvivesItsWayThroughAToken) {
  const Authenticator auth = example();
  const Principal backend = *auth.authenticate("ops.o.p-s", kNowMs);
  for (int64_t ms = 0; ms < 1000; ++ms) {
    const JoinToken join{.room = "blue",
                         .participant = "ann",
                         .issued_ms = kNowMs + ms,
                         .expires_ms = kNowMs + ms + kMaxTokenMs};
    const auto principal = auth.authenticate(*auth.mint(backend, join), kNowMs);
    ASSERT_TRUE(principal.ok()) << principal.error().message;
    ASSERT_EQ(principal->token->issued_ms, join.issued_ms);
    ASSERT_EQ(principal->token->expires_ms, join.expires_ms);
  }
}

TEST(Auth, KnowsWhetherAKeyHasStayedTheSame) {
  const Authenticator auth = example();
  const Principal back = *auth.authenticate("back.secret of the backend, rather long", kNowMs);
  const Principal ann = *auth.authenticate(token(claims()), kNowMs);
  const auto with = [](const std::vector<ApiKey>& keys, const std::vector<SigningKey>& signing) {
    return std::move(Authenticator::create(keys, signing)).value();
  };
  const std::vector<ApiKey> same{kKeys[1]};
  EXPECT_TRUE(with(same, {}).has_key_of(back));
  EXPECT_FALSE(with({}, {}).has_key_of(back));
  EXPECT_FALSE(with({{"back", "another secret", {"rooms"}}}, {}).has_key_of(back));
  EXPECT_FALSE(with({{"back", kKeys[1].secret, {"read"}}}, {}).has_key_of(back));
  EXPECT_TRUE(with({}, {{"new", kOtherSecret}, {"one", kSigningSecret}}).has_key_of(ann));
  EXPECT_FALSE(with({}, {{"one", kOtherSecret}}).has_key_of(ann));
  EXPECT_FALSE(with({{"one", kSigningSecret, {"admin"}}}, {}).has_key_of(ann));

  EXPECT_TRUE(auth.check_again(back, kNowMs * 2).ok());
  EXPECT_TRUE(auth.check_again(ann, kNowMs + 119'999).ok());
  EXPECT_FALSE(auth.check_again(ann, kNowMs + 120'000).ok()) << "it has expired";
  EXPECT_FALSE(with({}, {}).check_again(ann, kNowMs).ok());
}

TEST(Auth, ScopesReachWhatTheySayAndNothingElse) {
  struct Row {
    const char* credential;
    std::set<Access> reaches;
  };
  const Access all[] = {Access::ReadServer, Access::ReadRooms,       Access::WriteRooms,
                        Access::ReadRoster, Access::ReadParticipant, Access::UseParticipant,
                        Access::EnterRoom};
  const Row rows[] = {
      {"ops.o.p-s", {std::begin(all), std::end(all)}},
      {"back.secret of the backend, rather long",
       {Access::ReadRooms, Access::WriteRooms, Access::ReadRoster, Access::ReadParticipant,
        Access::UseParticipant, Access::EnterRoom}},
      {"eye.secret of the dashboard",
       {Access::ReadServer, Access::ReadRooms, Access::ReadRoster, Access::ReadParticipant}},
      {"prom.p", {}},
  };
  for (const Row& row : rows) {
    const Principal principal = *example().authenticate(row.credential, kNowMs);
    for (const Access access : all) {
      EXPECT_EQ(authorize(principal, access, "blue", "ann").ok(), row.reaches.count(access) > 0)
          << row.credential << " " << static_cast<int>(access);
    }
    EXPECT_TRUE(authorize(principal, Access::Anybody, "", "").ok());
  }
}

TEST(Auth, AJoinTokenReachesItsOwnParticipantAndTheRosterOfItsRoomOnly) {
  const Principal ann = *example().authenticate(token(claims()), kNowMs);
  for (const Access access : {Access::ReadParticipant, Access::UseParticipant}) {
    EXPECT_TRUE(authorize(ann, access, "blue", "ann").ok());
    EXPECT_FALSE(authorize(ann, access, "blue", "bob").ok());
    EXPECT_FALSE(authorize(ann, access, "red", "ann").ok());
  }
  EXPECT_TRUE(authorize(ann, Access::EnterRoom, "blue", "").ok()) << "the path names nobody";
  EXPECT_FALSE(authorize(ann, Access::EnterRoom, "red", "").ok());
  EXPECT_TRUE(authorize(ann, Access::ReadRoster, "blue", "").ok());
  EXPECT_FALSE(authorize(ann, Access::ReadRoster, "red", "").ok());
  for (const Access access : {Access::ReadServer, Access::ReadRooms, Access::WriteRooms}) {
    EXPECT_FALSE(authorize(ann, access, "blue", "ann").ok());
    EXPECT_FALSE(authorize(ann, access, "", "").ok());
  }
}

}  // namespace
}  // namespace veche::http
