// SPDX-License-Identifier: Apache-2.0
// Whose offer is answered next, when some post many.
#include "media/session/negotiation_queue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace veche::media {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Offers have names: "ann1" and "ann2" are ann's.
class NegotiationQueueTest : public testing::Test {
 protected:
  void post(const std::string& offer) {
    const SessionId session = sessions_.emplace(offer, SessionId::next()).first->second;
    const auto replaced =
        queue_.add({offer.substr(0, 3), session, [this, offer] { begun_.push_back(offer); },
                    [this, offer] { abandoned_.push_back(offer); }});
    if (replaced) replaced->abandon();
  }
  void withdraw(const std::string& offer) {
    if (const auto withdrawn = queue_.withdraw(sessions_.at(offer))) withdrawn->abandon();
  }
  void end(const std::string& offer) { queue_.end(sessions_.at(offer)); }
  /// Those that begin now.
  std::vector<std::string> begun() {
    while (const auto next = queue_.next()) next->begin();
    return std::exchange(begun_, {});
  }
  std::vector<std::string> abandoned() { return std::exchange(abandoned_, {}); }

  NegotiationQueue queue_{3};

 private:
  std::map<std::string, SessionId> sessions_;
  std::vector<std::string> begun_, abandoned_;
};

TEST_F(NegotiationQueueTest, AnswersInTheOrderOfTheOffersSomeAtATime) {
  for (const char* offer : {"ann1", "bob1", "cat1", "dan1", "eve1"}) post(offer);
  EXPECT_THAT(begun(), ElementsAre("ann1", "bob1", "cat1"));
  EXPECT_THAT(begun(), IsEmpty());
  end("bob1");
  EXPECT_THAT(begun(), ElementsAre("dan1"));
  end("ann1");
  end("cat1");
  EXPECT_THAT(begun(), ElementsAre("eve1"));
}

TEST_F(NegotiationQueueTest, OneThatPostsInALoopHasOnePlaceAndItsNewestOfferWins) {
  for (int i = 1; i <= 1000; ++i) post("eve" + std::to_string(i));
  EXPECT_EQ(queue_.waiting(), 1u);
  EXPECT_EQ(abandoned().size(), 999u);
  post("ann1");
  EXPECT_THAT(begun(), ElementsAre("eve1000", "ann1"));
  post("eve1001");
  post("bob1");
  EXPECT_THAT(begun(), ElementsAre("bob1")) << "one of a participant at a time";
  post("eve1002");
  EXPECT_THAT(abandoned(), ElementsAre("eve1001"));
  end("eve1000");
  EXPECT_THAT(begun(), ElementsAre("eve1002"));
}

TEST_F(NegotiationQueueTest, AnOfferThatReplacesAnotherKeepsItsPlace) {
  for (const char* offer : {"ann1", "bob1", "cat1", "dan1", "eve1", "dan2"}) post(offer);
  EXPECT_THAT(begun(), ElementsAre("ann1", "bob1", "cat1"));
  end("ann1");
  EXPECT_THAT(begun(), ElementsAre("dan2"));
}

TEST_F(NegotiationQueueTest, NeverBeginsWhatWasWithdrawn) {
  for (const char* offer : {"ann1", "bob1", "cat1", "dan1"}) post(offer);
  EXPECT_THAT(begun(), ElementsAre("ann1", "bob1", "cat1"));
  withdraw("dan1");
  EXPECT_THAT(abandoned(), ElementsAre("dan1"));
  withdraw("ann1");
  EXPECT_THAT(abandoned(), IsEmpty()) << "it has begun";
  end("ann1");
  EXPECT_THAT(begun(), IsEmpty());
}

}  // namespace
}  // namespace veche::media
