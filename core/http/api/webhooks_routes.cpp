// SPDX-License-Identifier: Apache-2.0
// Routes of webhooks: list, make, read, change, remove, test, replay, and what was given up.
#include "events/webhooks/webhooks.hpp"
#include "http/api/api.hpp"
#include "http/api/bodies.hpp"
#include "http/api/paging.hpp"
#include "http/api/webhook_views.hpp"

namespace veche::http {
namespace {

using events::Endpoint;

Response represent_webhook(int status, const Endpoint& endpoint) {
  glib::JsonWriter json;
  write_webhook(json, endpoint);
  return json_response(status, json.text());
}

Response list_webhooks(Api& api, const Request& request) {
  return list_page(request, "webhooks", api.webhooks.all(), write_webhook);
}

Response make_webhook(Api& api, const Request& request) {
  Checked<events::Webhook> webhook = read_webhook(request.body);
  if (!webhook) return problem(std::move(webhook.problems));
  const Result<Endpoint*> made = api.webhooks.add(std::move(webhook.value));
  if (!made) return problem(made.error());
  return represent_webhook(201, **made)
      .header("Location", "/v1/webhooks/" + (*made)->webhook().name);
}

Response get_webhook(Api& api, const Request& request) {
  const Result<Endpoint*> endpoint = api.webhooks.find(request.param("webhook"));
  return endpoint ? represent_webhook(200, **endpoint) : problem(endpoint.error());
}

Response patch_webhook(Api& api, const Request& request) {
  const std::string& name = request.param("webhook");
  const Result<Endpoint*> endpoint = api.webhooks.find(name);
  if (!endpoint) return problem(endpoint.error());
  Checked<events::Webhook> webhook = read_webhook_patch(request.body, (*endpoint)->webhook());
  if (!webhook) return problem(std::move(webhook.problems));
  const Status changed = api.webhooks.change(name, std::move(webhook.value));
  return changed ? represent_webhook(200, **endpoint) : problem(changed.error());
}

Response remove_webhook(Api& api, const Request& request) {
  const Status removed = api.webhooks.remove(request.param("webhook"));
  return removed ? no_content() : problem(removed.error());
}

void test_webhook(Api& api, const Request& request, const Reply& reply) {
  const Result<Endpoint*> endpoint = api.webhooks.find(request.param("webhook"));
  if (!endpoint) return reply(problem(endpoint.error()));
  const bool has_begun =
      (*endpoint)->test([reply](const events::Outcome& outcome, int64_t took_ms) {
        reply(json_response(200, test_json(outcome, took_ms)));
      });
  if (!has_begun) reply(problem(409, "A test of this webhook is running."));
}

Response dead_letters(Api& api, const Request& request) {
  const Result<Endpoint*> endpoint = api.webhooks.find(request.param("webhook"));
  if (!endpoint) return problem(endpoint.error());
  return list_page(request, "dead_letters", (*endpoint)->dead_letters(), write_dead_letter);
}

Response replay_webhook(Api& api, const Request& request) {
  const std::string& name = request.param("webhook");
  const Result<Endpoint*> endpoint = api.webhooks.find(name);
  if (!endpoint) return problem(endpoint.error());
  const Checked<int64_t> after = read_replay(request.body);
  if (!after) return problem(after.problems);
  const Status begun = api.webhooks.replay(name, static_cast<uint64_t>(after.value));
  return begun ? represent_webhook(200, **endpoint) : problem(begun.error());
}

}  // namespace

void add_webhook_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const std::string& tail, BodyKind body, Handler handler,
                       Operation operation) {
    operation.tag = "Events";
    if (!tail.empty()) operation.problems.push_back(404);
    router.add({.method = method,
                .pattern = "/v1/webhooks" + tail,
                .access = Access::Administer,
                .body = body,
                .handler = std::move(handler),
                .operation = std::move(operation)});
  };
  const auto now = [&api](Response (*respond)(Api&, const Request&)) {
    return at_once([&api, respond](const Request& request) { return respond(api, request); });
  };
  const std::string one = webhook_view_schema();
  const std::string example =
      R"({"name": "attendance", "url": "https://backend.example.org/events", "types": ["participant.*"],
          "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]})";
  add("GET", "", BodyKind::Nothing, now(list_webhooks),
      {.id = "listWebhooks",
       .summary = "Lists webhooks, those of the configuration file included",
       .outcomes = {{200, "A page of webhooks.", page_schema("webhooks", one)}},
       .query = page_query(),
       .is_tagged = true});
  add("POST", "", BodyKind::Json, now(make_webhook),
      {.id = "addWebhook",
       .summary = "Adds a webhook",
       .outcomes = {{201, "The new webhook.", one}},
       .problems = {409},
       .body = webhook_body_schema(),
       .example = example});
  add("GET", "/{webhook}", BodyKind::Nothing, now(get_webhook),
      {.id = "getWebhook", .summary = "Reads a webhook", .outcomes = {{200, "The webhook.", one}}});
  add("PATCH", "/{webhook}", BodyKind::MergePatch, now(patch_webhook),
      {.id = "patchWebhook",
       .summary = "Changes what the patch names of a webhook",
       .outcomes = {{200, "The changed webhook.", one}},
       .problems = {409},
       .body = webhook_body_schema(),
       .example = R"({"enabled": false})"});
  add("DELETE", "/{webhook}", BodyKind::Nothing, now(remove_webhook),
      {.id = "removeWebhook",
       .summary = "Removes a webhook, and what waits for it",
       .outcomes = {{204, "The webhook is gone."}},
       .problems = {409}});
  add("GET", "/{webhook}/dead-letters", BodyKind::Nothing, now(dead_letters),
      {.id = "listDeadLetters",
       .summary = "Lists the deliveries that were given up",
       .outcomes = {{200, "A page of them.", page_schema("dead_letters", dead_letter_schema())}},
       .query = page_query(),
       .is_tagged = true});
  add("POST", "/{webhook}/replay", BodyKind::Json, now(replay_webhook),
      {.id = "replayWebhook",
       .summary = "Delivers events again",
       .outcomes = {{200, "The webhook.", one}},
       .problems = {409},
       .body = replay_body_schema(),
       .example = R"({"after": 41})"});
  add("POST", "/{webhook}/test", BodyKind::Nothing,
      [&api](const Request& request, const Reply& reply) { test_webhook(api, request, reply); },
      {.id = "testWebhook",
       .summary = "Delivers an event webhook.test",
       .outcomes = {{200, "What the receiver answered.", test_schema()}},
       .problems = {409}});
}

}  // namespace veche::http
