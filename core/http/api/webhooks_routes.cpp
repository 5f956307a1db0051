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

Response represent(int status, const Endpoint& endpoint) {
  glib::JsonWriter json;
  write_webhook(json, endpoint);
  return json_response(status, json.text());
}

Response list(Api& api, const Request& request) {
  const Status ready = api.webhooks.ready();
  if (!ready) return problem(ready.error());
  return list_page(request, "webhooks", api.webhooks.all(), write_webhook);
}

Response make(Api& api, const Request& request) {
  Checked<events::Webhook> webhook = read_webhook(request.body);
  if (!webhook) return problem(std::move(webhook.problems));
  const Result<Endpoint*> made = api.webhooks.add(std::move(webhook.value));
  if (!made) return problem(made.error());
  return represent(201, **made).header("Location", "/v1/webhooks/" + (*made)->webhook().name);
}

Response get(Api& api, const Request& request) {
  const Result<Endpoint*> endpoint = api.webhooks.find(request.param("webhook"));
  return endpoint ? represent(200, **endpoint) : problem(endpoint.error());
}

Response patch(Api& api, const Request& request) {
  const std::string& name = request.param("webhook");
  const Result<Endpoint*> endpoint = api.webhooks.find(name);
  if (!endpoint) return problem(endpoint.error());
  Checked<events::Webhook> webhook = read_webhook_patch(request.body, (*endpoint)->webhook());
  if (!webhook) return problem(std::move(webhook.problems));
  const Status changed = api.webhooks.change(name, std::move(webhook.value));
  return changed ? represent(200, **endpoint) : problem(changed.error());
}

Response remove(Api& api, const Request& request) {
  const Status removed = api.webhooks.remove(request.param("webhook"));
  return removed ? no_content() : problem(removed.error());
}

void test(Api& api, const Request& request, const Reply& reply) {
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

Response replay(Api& api, const Request& request) {
  const std::string& name = request.param("webhook");
  const Result<Endpoint*> endpoint = api.webhooks.find(name);
  if (!endpoint) return problem(endpoint.error());
  const Checked<int64_t> after = read_replay(request.body);
  if (!after) return problem(after.problems);
  const Status begun = api.webhooks.replay(name, static_cast<uint64_t>(after.value));
  return begun ? represent(200, **endpoint) : problem(begun.error());
}

}  // namespace

void add_webhook_routes(Router& router, Api& api) {
  const auto add = [&](const char* method, const char* pattern, BodyKind body,
                       Response (*respond)(Api&, const Request&)) {
    router.add(
        {method, pattern, Access::Administer, body,
         at_once([&api, respond](const Request& request) { return respond(api, request); })});
  };
  add("GET", "/v1/webhooks", BodyKind::Nothing, list);
  add("POST", "/v1/webhooks", BodyKind::Json, make);
  add("GET", "/v1/webhooks/{webhook}", BodyKind::Nothing, get);
  add("PATCH", "/v1/webhooks/{webhook}", BodyKind::MergePatch, patch);
  add("DELETE", "/v1/webhooks/{webhook}", BodyKind::Nothing, remove);
  add("GET", "/v1/webhooks/{webhook}/dead-letters", BodyKind::Nothing, dead_letters);
  add("POST", "/v1/webhooks/{webhook}/replay", BodyKind::Json, replay);
  router.add({"POST", "/v1/webhooks/{webhook}/test", Access::Administer, BodyKind::Nothing,
              [&api](const Request& request, const Reply& reply) { test(api, request, reply); }});
}

}  // namespace veche::http
