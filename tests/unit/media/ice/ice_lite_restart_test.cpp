// SPDX-License-Identifier: Apache-2.0
// IceLite across ICE restarts (RFC 8445 section 9): which credentials count, and where media goes.
#include <gtest/gtest.h>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::pair;
using test::RequestSpec;
using test::Server;
using test::StunClient;

constexpr const char* kFreshPassword = "newpasswordoftheserver0123";

const CandidatePair kFirst = pair("192.0.2.1", 32853);
const CandidatePair kSecond = pair("198.51.100.7", 40000);

class IceRestart : public testing::Test {
 protected:
  IceRestart() {
    ask(kFirst, former(false));
    EXPECT_TRUE(ask(kFirst, former(true)).change.nominated);
    server_.pass_ms(1000);
  }
  static RequestSpec former(bool nominates) { return {.nominates = nominates}; }
  static RequestSpec fresh(bool nominates, const std::string& username = "NEWS:NEWC") {
    return {.username = username, .password = kFreshPassword, .nominates = nominates};
  }
  IceOutcome ask(const CandidatePair& from, const RequestSpec& spec) {
    return server_.handle(client_.request(spec), from);
  }
  Status restart(const std::string& local = "NEWS", const std::string& remote = "NEWC",
                 SessionId id = Server::kSession) {
    return server_.ice.restart(
        id, {.local_ufrag = local, .local_password = kFreshPassword, .remote_ufrag = remote});
  }
  CandidatePair selected() const { return *server_.ice.selected(Server::kSession); }

  Server server_;
  StunClient client_;
};

TEST_F(IceRestart, KeepsTheOldCredentialsUntilTheNewOnesNominate) {
  ASSERT_TRUE(restart());
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::Accepted);
  EXPECT_EQ(ask(kSecond, fresh(false)).verdict, IceVerdict::Accepted);
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::Accepted)
      << "a check alone ends nothing";
  EXPECT_EQ(selected(), kFirst);
  const IceOutcome nominated = ask(kSecond, fresh(true));
  EXPECT_EQ(nominated.session, Server::kSession);
  EXPECT_TRUE(nominated.change.moved);
  EXPECT_EQ(selected(), kSecond);
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(selected(), kSecond);
  EXPECT_EQ(ask(kSecond, fresh(true)).verdict, IceVerdict::Accepted);
}

TEST_F(IceRestart, MovesAtOnceAlsoToALowerPriorityThatWasNeverChecked) {
  ASSERT_TRUE(restart());
  ask(kFirst, former(true));
  RequestSpec low = fresh(true);
  low.priority = 1;
  EXPECT_TRUE(ask(kSecond, low).change.moved);
}

TEST_F(IceRestart, MayKeepItsPair) {
  ASSERT_TRUE(restart());
  const IceOutcome outcome = ask(kFirst, fresh(true));
  EXPECT_EQ(outcome.verdict, IceVerdict::Accepted);
  EXPECT_FALSE(outcome.change.moved);
  EXPECT_EQ(selected(), kFirst);
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::UnknownUser);
}

TEST_F(IceRestart, AuthenticatesWithThePasswordOfItsGeneration) {
  ASSERT_TRUE(restart());
  RequestSpec mixed = fresh(true);
  mixed.password = test::kPassword;
  EXPECT_EQ(ask(kSecond, mixed).verdict, IceVerdict::BadIntegrity);
  mixed = former(true);
  mixed.password = kFreshPassword;
  EXPECT_EQ(ask(kSecond, mixed).verdict, IceVerdict::BadIntegrity);
  EXPECT_EQ(ask(kSecond, fresh(true, "NEWS:CLNT")).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(ask(kSecond, fresh(true, "SRVR:NEWC")).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(selected(), kFirst);
}

TEST_F(IceRestart, ReplacesARestartThatWasNeverUsed) {
  ASSERT_TRUE(restart("UNUS", "GONE"));
  ASSERT_TRUE(restart());
  EXPECT_EQ(ask(kSecond, fresh(true, "UNUS:GONE")).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::Accepted);
  EXPECT_EQ(ask(kSecond, fresh(true)).verdict, IceVerdict::Accepted);
  ASSERT_TRUE(restart("NEXT", "CLNT"));
  EXPECT_EQ(ask(kSecond, fresh(true)).verdict, IceVerdict::Accepted);
  EXPECT_EQ(ask(kFirst, fresh(true, "NEXT:CLNT")).verdict, IceVerdict::Accepted);
  EXPECT_EQ(selected(), kFirst);
}

TEST_F(IceRestart, RefusesWhatCannotBeToldApart) {
  EXPECT_EQ(restart("SRVR", "NEWC").error().code, ErrorCode::Conflict);
  EXPECT_EQ(restart("no", "NEWC").error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(restart("NEWS", "NEWC", SessionId{99}).error().code, ErrorCode::NotFound);
  ASSERT_TRUE(server_.add(SessionId{8}, "NEWS", "NEWC"));
  EXPECT_EQ(restart("NEWS", "NEWC").error().code, ErrorCode::Conflict);
  ASSERT_TRUE(restart("NEWS", "MINE")) << "the client's part tells them apart";
  EXPECT_EQ(ask(kSecond, fresh(true, "NEWS:MINE")).session, Server::kSession);
}

TEST_F(IceRestart, LeavesNothingBehind) {
  ASSERT_TRUE(restart());
  server_.ice.remove(Server::kSession);
  EXPECT_EQ(ask(kFirst, former(true)).verdict, IceVerdict::UnknownUser);
  EXPECT_EQ(ask(kFirst, fresh(true)).verdict, IceVerdict::UnknownUser);
  EXPECT_TRUE(server_.add(SessionId{8}, "SRVR", "CLNT"));
  EXPECT_TRUE(server_.add(SessionId{9}, "NEWS", "NEWC"));
}

}  // namespace
}  // namespace veche::media
