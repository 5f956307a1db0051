// SPDX-License-Identifier: Apache-2.0
// What a client lacks of its window, also after it has lost messages.
#include "room/shown_roster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace veche::room {
namespace {

/// One client of a room: speakers are in its window.
class Client {
 public:
  explicit Client(size_t count, const std::string& names = "") : shown(count) {
    for (const char name : names) order.add(std::string(1, name));
    shown.begin(window(), order);
  }
  /// "+a" joins, "*a" changes, "-a" leaves, "!ab" speak (up to a space).
  void happen(const std::string& steps) {
    for (size_t i = 0; i < steps.size(); ++i) {
      const char step = steps[i];
      if (step == ' ') continue;
      if (step == '!') {
        speakers.speaking.clear();
        while (i + 1 < steps.size() && steps[i + 1] != ' ') {
          speakers.speaking.emplace_back(1, steps[++i]);
        }
        shown.concerns_changed();
        continue;
      }
      const std::string name(1, steps[++i]);
      if (step == '+') {
        order.add(name);
        shown.joined(name, order);
      } else if (step == '-') {
        order.remove(name);
        shown.left(name);
      } else {
        shown.changed(name);
      }
    }
  }
  RosterWindow window() const { return window_of(order, shown.count(), {self_, {}, {}, speakers}); }
  RosterNames missing() const { return shown.missing(window(), order); }
  /// "+ab *c -d ~e 5", as message `seq`; "" if there is nothing.
  std::string tell(uint64_t seq) {
    const RosterNames names = missing();
    const bool is_settled = shown.pace_of(names, window()) == Pace::Settled;
    shown.tell(names, seq);
    if (is_settled) return "";
    std::string text;
    const auto add = [&text](char sign, const std::vector<std::string>& all) {
      if (!all.empty()) text += sign;
      for (const std::string& name : all) text += name;
      if (!all.empty()) text += ' ';
    };
    add('+', names.joined);
    add('*', names.changed);
    add('-', names.left);
    add('~', names.hidden);
    return text + std::to_string(names.participants);
  }

  JoinOrder order;
  Speakers speakers;
  ShownRoster shown;

 private:
  std::string self_;
};

TEST(ShownRoster, TellsOnlyTheOutcomeForAParticipant) {
  const struct {
    const char* steps;
    const char* told;
  } absent[] = {{"", ""},   {"+a", "+a 1"},     {"+a*a", "+a 1"}, {"+a-a", ""},
                {"*a", ""}, {"+a-a+a", "+a 1"}, {"+a*a-a", ""},   {"+a-a+a-a", ""}},
    present[] = {{"*a", "*a 1"},     {"-a", "-a 0"},     {"*a*a", "*a 1"},
                 {"*a-a", "-a 0"},   {"-a+a", "*a 1"},   {"-a+a*a", "*a 1"},
                 {"-a+a-a", "-a 0"}, {"*a-a+a", "*a 1"}, {"-a+a-a+a", "*a 1"}};
  for (const auto& [steps, told] : absent) {
    Client client(10);
    client.happen(steps);
    EXPECT_EQ(client.tell(2), told) << steps;
    EXPECT_EQ(client.tell(3), "") << steps;
  }
  for (const auto& [steps, told] : present) {
    Client client(10, "a");
    client.happen(steps);
    EXPECT_EQ(client.tell(2), told) << steps;
    EXPECT_EQ(client.tell(3), "") << steps;
  }
}

TEST(ShownRoster, TellsWhatEntersAndLeavesTheWindowAndHowSoon) {
  const struct {
    const char* what;
    const char* steps;
    Pace pace;
    const char* told;
  } cases[] = {
      {"a join beyond the window", "+e", Pace::Lazy, "5"},
      {"a change beyond the window", "*d", Pace::Settled, ""},
      {"a leave beyond the window", "-d", Pace::Lazy, "3"},
      {"a speaker from beyond it", "!d", Pace::AtOnce, "+d 4"},
      {"a speaker in it", "!a", Pace::Settled, ""},
      {"the next one moves up", "-a", Pace::Steady, "+c -a 3"},
      {"a rejoin goes to the end", "-a+a", Pace::Steady, "+c ~a 4"},
      {"a change in it", "*a", Pace::Steady, "*a 4"},
  };
  for (const auto& [what, steps, pace, told] : cases) {
    Client client(2, "abcd");
    client.happen(steps);
    EXPECT_EQ(client.shown.pace_of(client.missing(), client.window()), pace) << what;
    EXPECT_EQ(client.tell(2), told) << what;
  }
  Client client(2, "abcd");
  client.happen("!d");
  EXPECT_EQ(client.tell(2), "+d 4");
  client.happen("!");
  EXPECT_EQ(client.shown.pace_of(client.missing(), client.window()), Pace::Lazy)
      << "a former speaker may stay a little";
  EXPECT_EQ(client.tell(3), "~d 4");
  client.happen("-d");
  EXPECT_EQ(client.tell(4), "3") << "it had been hidden";
}

TEST(ShownRoster, TellsAClientThatLostMessagesWhatChangedSinceThen) {
  const struct {
    const char* what;
    std::vector<const char*> told;  ///< With message 2, 3, ...
    const char* untold;
    uint64_t received;
    const char* then;
  } cases[] = {
      {"nothing", {}, "", 1, ""},
      {"nothing was lost", {"+d", "*a"}, "", 3, ""},
      {"what happened meanwhile", {"+d"}, "*d-a", 2, "*d -a 3"},
      {"a join", {"+d"}, "", 1, "+d 4"},
      {"a join, and then a change", {"+d", "*d"}, "", 2, "*d 4"},
      {"both", {"+d", "*d"}, "", 1, "+d 4"},
      {"a leave", {"-a"}, "", 1, "-a 2"},
      {"a leave of one that it never had", {"+d", "-d"}, "", 1, "3"},
      {"the second leave of a name", {"-a", "+a", "-a"}, "", 3, "-a 2"},
      {"a leave, and a rejoin", {"-a", "+a"}, "", 1, "*a 3"},
      {"only the rejoin", {"-a", "+a"}, "", 2, "+a 3"},
      {"a change that was told again", {"*a", "*a"}, "*a", 2, "*a 3"},
  };
  for (const auto& each : cases) {
    Client client(10, "abc");
    uint64_t seq = 1;
    for (const char* steps : each.told) {
      client.happen(steps);
      ASSERT_NE(client.tell(++seq), "") << each.what;
    }
    client.happen(each.untold);
    ASSERT_TRUE(client.shown.rewind(each.received)) << each.what;
    const RosterNames missing = client.missing();
    const Pace pace = client.shown.pace_of(missing, client.window());
    EXPECT_EQ(pace, *each.then ? Pace::AtOnce : Pace::Settled) << each.what;
    EXPECT_EQ(client.tell(each.received + 2), each.then) << each.what;
    EXPECT_EQ(client.tell(each.received + 3), "") << each.what;
  }
}

TEST(ShownRoster, MayBeRewoundAgainAndAgain) {
  Client client(10, "abc");
  client.happen("-a");
  EXPECT_EQ(client.tell(2), "-a 2");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.shown.rewind(1));
    EXPECT_EQ(client.tell(3), "-a 2");
  }
  ASSERT_TRUE(client.shown.rewind(3));
  EXPECT_EQ(client.tell(4), "");
}

TEST(ShownRoster, RemembersABoundedNumberOfEntriesThatAreGone) {
  Client client(1000);
  uint64_t seq = 1;
  const auto pass = [&](const std::string& name) {
    client.order.add(name);
    client.shown.joined(name, client.order);
    client.tell(++seq);
    client.order.remove(name);
    client.shown.left(name);
    client.tell(++seq);
  };
  for (size_t i = 0; i < ShownRoster::kMostGone; ++i) pass("p" + std::to_string(i));
  EXPECT_TRUE(client.shown.rewind(1)) << "all are remembered";
  Client another(1000);
  std::swap(client, another);
  seq = 1;
  for (size_t i = 0; i < ShownRoster::kMostGone + 1; ++i) pass("p" + std::to_string(i));
  EXPECT_FALSE(client.shown.rewind(2)) << "the first is forgotten";
  EXPECT_TRUE(client.shown.rewind(3));
  EXPECT_FALSE(client.shown.rewind(0)) << "without a snapshot there is nothing to resume";
}

}  // namespace
}  // namespace veche::room
