// SPDX-License-Identifier: Apache-2.0
// Which webhooks there are after starts, reloads and changes, and how far each has come.
#include "events/webhooks/webhooks.hpp"

#include <gtest/gtest.h>

#include "webhooks_fixture.hpp"

namespace veche::events {
namespace {

std::vector<std::string> names(const Webhooks& webhooks) {
  std::vector<std::string> all;
  for (const auto& [name, endpoint] : webhooks.all()) all.push_back(name);
  return all;
}

TEST_F(WebhooksTest, AreThereAgainAfterARestartAndGoOnWhereTheyWere) {
  start({webhook("filed")});
  add(webhook("made"));
  append("blue");
  append("red");
  append("blue");
  expect_open(4);
  // "filed" took blue's first; then the process ends.
  courier->answer({.status = 204});
  start({webhook("filed")});
  EXPECT_EQ(names(*webhooks), (std::vector<std::string>{"filed", "made"}));
  EXPECT_TRUE(webhooks->all().at("filed")->is_configured());
  EXPECT_FALSE(webhooks->all().at("made")->is_configured());
  EXPECT_EQ(webhooks->all().at("made")->webhook(), webhook("made"));
  expect_open(4);  // Of each the next of blue, and red.
  EXPECT_EQ(webhooks->all().at("filed")->backlog(), 2U);
  EXPECT_EQ(webhooks->all().at("made")->backlog(), 3U);
}

TEST_F(WebhooksTest, BeginWithWhatHappensFromNowOn) {
  start();
  append("old");
  add(webhook());
  append("new");
  expect_open(1);
  EXPECT_EQ(bodies().find("old"), std::string::npos);
}

TEST_F(WebhooksTest, StayDisabledAfterARestartWhenTheReceiverIsGone) {
  start({webhook("filed")});
  append("blue");
  expect_open(1);
  courier->answer({.status = 410, .reason = "it answered 410"});
  start({webhook("filed")});
  EXPECT_EQ(webhooks->all().at("filed")->refused(), "it answered 410");
  EXPECT_EQ(courier->open(), 0U);
  // Another URL has not refused anything.
  Webhook moved = webhook("filed");
  moved.url += "/new";
  start({moved});
  EXPECT_TRUE(webhooks->all().at("filed")->is_active());
  expect_open(1);
}

TEST_F(WebhooksTest, FollowTheConfiguration) {
  start({webhook("one"), webhook("two")});
  add(webhook("three"));
  Webhook changed = webhook("two");
  changed.url = "https://elsewhere.example.org/";
  WebhookSettings settings;
  settings.webhooks = {changed, webhook("three"), webhook("four")};
  settings.rules.allow_private = true;
  settings.ca_file = "/etc/ca.pem";
  webhooks->use(settings);
  EXPECT_EQ(names(*webhooks), (std::vector<std::string>{"four", "three", "two"}));
  EXPECT_EQ(webhooks->all().at("two")->webhook().url, changed.url);
  EXPECT_TRUE(webhooks->all().at("three")->is_configured()) << "the file's takes its place";
  EXPECT_TRUE(courier->used_rules.allow_private);
  EXPECT_EQ(courier->used_ca_file, "/etc/ca.pem");
  start({});
  EXPECT_EQ(names(*webhooks), std::vector<std::string>{}) << "what was replaced is forgotten";
}

TEST_F(WebhooksTest, RefuseWhatIsWrong) {
  start({webhook("filed")});
  const auto code = [](const Status& status) {
    return status.ok() ? ErrorCode{} : status.error().code;
  };
  const auto added = [&](const Webhook& of) {
    const Result<Endpoint*> made = webhooks->add(of);
    return made.ok() ? ErrorCode{} : made.error().code;
  };
  EXPECT_EQ(added(webhook("filed")), ErrorCode::Conflict);
  EXPECT_EQ(added(webhook("a/b")), ErrorCode::InvalidArgument);
  EXPECT_EQ(code(webhooks->change("filed", webhook("filed"))), ErrorCode::Conflict);
  EXPECT_EQ(code(webhooks->remove("filed")), ErrorCode::Conflict);
  EXPECT_EQ(code(webhooks->remove("nobody")), ErrorCode::NotFound);
  add(webhook("made"));
  EXPECT_EQ(code(webhooks->change("made", webhook("renamed"))), ErrorCode::InvalidArgument);
  for (size_t i = webhooks->all().size(); i < kMaxWebhooks; ++i) {
    add(webhook("n" + std::to_string(i)));
  }
  EXPECT_EQ(added(webhook("more")), ErrorCode::Exhausted);
  EXPECT_TRUE(webhooks->remove("made").ok());
  EXPECT_EQ(added(webhook("more")), ErrorCode{});
}

TEST_F(WebhooksTest, ForgetAWebhookThatIsRemoved) {
  start();
  add(webhook());
  append("blue");
  expect_open(1);
  EXPECT_TRUE(webhooks->remove("ops").ok());
  EXPECT_EQ(courier->open(), 0U);
  append("red");
  start();
  EXPECT_TRUE(webhooks->all().empty());
  add(webhook());
  append("green");
  expect_open(1);
  EXPECT_EQ(bodies().find("red"), std::string::npos);
}

TEST_F(WebhooksTest, KeepEventsOfADisabledOne) {
  start();
  add(webhook());
  Webhook disabled = webhook();
  disabled.enabled = false;
  EXPECT_TRUE(webhooks->change("ops", disabled).ok());
  append("blue");
  EXPECT_EQ(courier->open(), 0U);
  EXPECT_TRUE(webhooks->change("ops", webhook()).ok());
  expect_open(1);
}

TEST_F(WebhooksTest, CountWhatTheyDo) {
  start({webhook()});
  std::map<std::string, double> values;
  const auto read = [&] {
    values.clear();
    MetricSink sink([&](const MetricSample& sample) {
      std::string name = sample.name;
      for (const MetricLabel& label : sample.labels) name += " " + std::string(label.value);
      values[name] = static_cast<double>(sample.value) * sample.scale;
    });
    webhooks->put_metrics(sink);
  };
  append("blue");
  append("red");
  expect_open(2);
  read();
  EXPECT_EQ(values["veche_webhooks"], 1);
  EXPECT_EQ(values["veche_webhook_backlog_events"], 2);
  courier->answer({.status = 500});
  courier->answer({.status = 204});
  read();
  EXPECT_EQ(values["veche_webhook_deliveries_total delivered"], 1);
  EXPECT_EQ(values["veche_webhook_deliveries_total failed"], 1);
  EXPECT_EQ(values["veche_webhook_backlog_events"], 1);
  EXPECT_EQ(values["veche_webhooks_disabled"], 0);
  append("green");
  expect_open(1);
  courier->answer({.status = 410, .reason = "it answered 410"});
  read();
  EXPECT_EQ(values["veche_webhooks_disabled"], 1);
  EXPECT_EQ(values["veche_webhook_backlog_events"], 0) << "of those that are delivered to";
}

TEST_F(WebhooksTest, TellOfEventsThatTheLogNoLongerHas) {
  log->put(kWebhookSpace, "ops", to_json(webhook()), 0);
  log->put(kPositionSpace, "ops", to_json(Progress{.position = {.read = 0, .waiting = {{7, 0}}}}),
           0);
  start();
  const auto letters = [&]() -> const DeadLetters::Letters& {
    return webhooks->all().at("ops")->dead_letters();
  };
  EXPECT_TRUE(run_until([&] { return !letters().empty(); }));
  const DeadLetter letter = *letters().begin()->second;
  EXPECT_EQ(letter.from, 7U);
  EXPECT_EQ(letter.to, 7U);
  EXPECT_NE(letter.reason.find("events.retention_days"), std::string::npos) << letter.reason;
  append("blue");
  expect_open(1);
  // Dead letters are remembered, until the webhook is removed.
  start();
  ASSERT_FALSE(letters().empty()) << "from the first moment on";
  EXPECT_EQ(*letters().begin()->second, letter);
  EXPECT_TRUE(webhooks->remove("ops").ok());
  add(webhook());
  run();
  EXPECT_TRUE(letters().empty());
}

}  // namespace
}  // namespace veche::events
