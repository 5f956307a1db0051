// SPDX-License-Identifier: Apache-2.0
// Signatures are those of Standard Webhooks, secrets are checked, ids are stable.
#include "events/webhooks/signature.hpp"

#include <gtest/gtest.h>

namespace veche::events {
namespace {

// The vector of the libraries of Standard Webhooks.
constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kId[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr char kBody[] = R"({"test": 2432232314})";
constexpr int64_t kTimestampS = 1614265330;
constexpr char kSignature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr char kOther[] = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string key_of(const char* secret) { return key_of_secret(secret).value(); }

TEST(WebhookSignature, IsThatOfTheStandardsVector) {
  EXPECT_EQ(signatures({key_of(kSecret)}, kId, kTimestampS, kBody), kSignature);
}

TEST(WebhookSignature, IsMadeWithEachSecretWhileOneReplacesTheOther) {
  EXPECT_EQ(signatures({key_of(kOther), key_of(kSecret)}, kId, kTimestampS, kBody),
            std::string("v1,O4Gjv1HqPqsMrjmczoggs/sWA8gZD0VyHG+fLh4+ktI= ") + kSignature);
}

TEST(WebhookSignature, DependsOnIdTimestampAndBody) {
  const auto sign = [](const char* id, int64_t timestamp_s, const char* body) {
    return signatures({key_of(kSecret)}, id, timestamp_s, body);
  };
  EXPECT_NE(sign("msg_2", kTimestampS, kBody), kSignature);
  EXPECT_NE(sign(kId, kTimestampS + 1, kBody), kSignature);
  EXPECT_NE(sign(kId, kTimestampS, "{}"), kSignature);
}

TEST(WebhookSecret, HasAPrefixBase64AndEnoughBytes) {
  EXPECT_EQ(key_of(kSecret).size(), 24U);
  EXPECT_EQ(key_of(kOther).size(), 32U);
  struct Case {
    std::string secret;
    const char* problem;
  };
  const std::string base64_of_65(88, 'A');
  const Case cases[] = {
      {"", "does not begin"},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin"},
      {"whsec_", "has 0 bytes"},
      {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "is not base64"},
      {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2 LaLaSw", "is not base64"},
      {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2-_aLaSw", "is not base64"},
      {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "is not base64"},
      {"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRY=", "has 23 bytes"},
      {"whsec_" + base64_of_65.substr(0, 87) + "=", "has 65 bytes"},
  };
  for (const Case& each : cases) {
    const Result<std::string> key = key_of_secret(each.secret);
    ASSERT_FALSE(key.ok()) << each.secret;
    EXPECT_NE(key.error().message.find(each.problem), std::string::npos) << key.error().message;
    EXPECT_EQ(key.error().message.find("MfKQ9r8"), std::string::npos) << "it shows the secret";
  }
}

TEST(DeliveryId, IsTheSameForAnEventAndAnotherForEveryOther) {
  Event event;
  event.id = 42;
  event.room = "blue.one";
  event.incarnation = "9f0c";
  event.seq = 3;
  event.time_unix_ms = 1'700'000'000'000;
  event.type = "participant.joined";
  const std::string id = delivery_id(event, "ops");
  EXPECT_EQ(delivery_id(Event(event), "ops"), id);
  EXPECT_EQ(id.rfind("evt_42_", 0), 0U) << id;
  EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << id;
  EXPECT_NE(delivery_id(event, "attendance"), id);
  // A log that begins anew numbers from 1 again.
  Event later = event;
  later.time_unix_ms += 1;
  EXPECT_NE(delivery_id(later, "ops"), id);
  Event other = event;
  other.incarnation = "9f0d";
  EXPECT_NE(delivery_id(other, "ops"), id);
}

}  // namespace
}  // namespace veche::events
