// SPDX-License-Identifier: Apache-2.0
// GET /v1/events: the event log for backends, in pages or as a stream.
#include <cassert>
#include <utility>

#include "base/thread_role.hpp"
#include "base/time.hpp"
#include "http/api/api.hpp"
#include "http/api/event_followers.hpp"
#include "http/api/event_poll.hpp"
#include "http/api/event_query.hpp"
#include "http/api/event_reader.hpp"
#include "http/protocol/problem.hpp"
#include "http/protocol/server_sent_events.hpp"

namespace veche::http {
namespace {

Response no_seat() {
  return problem(Error{ErrorCode::Exhausted,
                       "Too many requests follow the events; end some, or ask for pages without "
                       "wait_s."});
}

Response stream_events(Api& api, const Request& request, EventQuery query) {
  Response response;
  response.content_type = kEventStreamType;
  // The second one is for nginx.
  response.header("Cache-Control", "no-store").header("X-Accel-Buffering", "no");
  if (!request.wants_body) return response;
  EventReader::Place place{.after = query.after.value_or(api.events.newest()),
                           .filter = std::move(query.filter),
                           .caller = request.caller,
                           .seat = api.followers.take_seat()};
  if (!place.seat) return no_seat();
  response.stream = [&api, place = std::move(place)](glib::Ref<GIOStream> stream,
                                                     glib::Ref<GSocket> socket) {
    auto reader =
        std::make_unique<EventReader>(api.followers, std::move(stream), std::move(socket), place);
    EventReader& added = *reader;
    api.followers.add(std::move(reader));
    if (!api.auth.has_key_of(added.caller())) added.refuse();
  };
  return response;
}

/// After an empty page: answers once there is an event, or the time is over.
void wait_for_events(Api& api, EventPoll::Place place, Reply reply,
                     const std::function<void(std::function<void()> gone)>& watch_client) {
  place.seat = api.followers.take_seat();
  if (!place.seat) return reply(no_seat());
  auto poll = std::make_unique<EventPoll>(api.followers, std::move(place), std::move(reply));
  watch_client([poll = poll.get(), alive = poll->alive()] {
    if (!alive.expired()) poll->leave();
  });
  api.followers.add(std::move(poll));
}

void answer_page(Api& api, const Request& request, EventQuery query, Reply reply) {
  events::Query asked{.after = query.after.value_or(api.events.oldest() - 1),
                      .limit = query.limit,
                      .filter = std::move(query.filter)};
  if (query.wait_s > 0 && request.wants_body) {
    return wait_for_events(api,
                           {.query = std::move(asked),
                            .until_ns = monotonic_ns() + query.wait_s * kNsPerS,
                            .caller = request.caller,
                            .seat = nullptr},
                           std::move(reply), request.watch_client);
  }
  api.events.read(std::move(asked), [reply = std::move(reply)](const Result<events::Page>& page) {
    reply(page ? json_response(200, page_json(*page)) : problem(page.error()));
  });
}

void get_events(Api& api, const Request& request, const Reply& reply) {
  assert(is_on_control());
  const bool for_stream = accepts_event_stream(request.accept);
  Result<EventQuery> query = read_event_query(request, for_stream);
  if (!query) return reply(problem(query.error()));
  if (for_stream) return reply(stream_events(api, request, *std::move(query)));
  answer_page(api, request, *std::move(query), reply);
}

}  // namespace

void add_event_log_routes(Router& router, Api& api) {
  // What happens in rooms is no secret to a key that may read and change rooms.
  router.add(
      {.method = "GET",
       .pattern = "/v1/events",
       .access = Access::ReadRooms,
       .body = BodyKind::Nothing,
       .handler = [&api](const Request& request,
                         const Reply& reply) { get_events(api, request, reply); },
       .operation = {.tag = "Events",
                     .id = "getEvents",
                     .summary = "Reads the event log, in pages or as a stream",
                     .outcomes = {{200, "A page, or with Accept: text/event-stream a stream.",
                                   event_page_schema()},
                                  {200, "A stream.", "", "text/event-stream"}},
                     .query = kEventQuery}});
}

}  // namespace veche::http
