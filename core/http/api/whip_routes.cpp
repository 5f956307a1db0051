// SPDX-License-Identifier: Apache-2.0
// Standard clients: WHIP (RFC 9725) publishes into a room, WHEP (draft-ietf-wish-whep) listens to
// one. Each of their sessions is a participant's, as any other.
#include "http/api/session_routes.hpp"
#include "http/protocol/problem.hpp"
#include "room/random.hpp"

namespace veche::http {
namespace {

/// What tells the one protocol from the other.
struct Protocol {
  std::string path;  ///< "/whip"
  room::ClientKind client;
};

void open(Api& api, const Protocol& protocol, const Request& request, const Reply& reply) {
  const auto named = request.params.find("participant");
  open_session(api, request,
               {.participant = named == request.params.end() ? room::random_token() : named->second,
                .client = protocol.client,
                .path = protocol.path + "/" + request.param("room")},
               reply);
}

/// The participant whose session the path names. NotFound to a token of another participant.
Result<room::Participant*> find_owner(Api& api, const Protocol& protocol, const Request& request) {
  const auto room = find_room(api, request);
  if (!room) return room.error();
  room::Participant* owner = (*room)->find_by_session(request.param("session"));
  const std::optional<JoinToken>& token = request.caller->token;
  const bool is_there =
      owner && owner->client() == protocol.client && (!token || token->participant == owner->id());
  if (!is_there) return not_found("There is no such session; it ended or was replaced.");
  return owner;
}

/// RFC 9725 section 4.1: the resources have no representation, and GET answers that they are there.
Response get(Api& api, const Protocol& protocol, const Request& request) {
  const auto owner = find_owner(api, protocol, request);
  return owner ? no_content() : problem(owner.error());
}

/// 200 as in RFC 9725, because Debian's client takes no other; entity tags are ignored.
Response close(Api& api, const Protocol& protocol, const Request& request) {
  const auto owner = find_owner(api, protocol, request);
  if (!owner) return problem(owner.error());
  const Status closed = (*owner)->close_session(request.param("session"), room::EndReason::Left);
  return closed ? Response{} : problem(closed.error());
}

void patch(Api& api, const Protocol& protocol, const Request& request, const Reply& reply) {
  const auto owner = find_owner(api, protocol, request);
  if (!owner) return reply(problem(owner.error()));
  patch_session(**owner, request.param("session"), request, reply);
}

void add_endpoint(Router& router, Api& api, const Protocol& protocol) {
  const std::string pattern = protocol.path + "/{room}";
  Route offers{"POST", pattern, Access::EnterRoom, BodyKind::Sdp,
               [&api, protocol](const Request& request, const Reply& reply) {
                 open(api, protocol, request, reply);
               }};
  Route probe{"GET", pattern, Access::EnterRoom, BodyKind::Nothing,
              at_once([](const Request&) { return no_content(); })};
  // People type the URL of an endpoint.
  offers.takes_trailing_slash = probe.takes_trailing_slash = true;
  router.add(std::move(offers));
  router.add(std::move(probe));
}

void add_sessions(Router& router, Api& api, const Protocol& protocol) {
  const std::string pattern = protocol.path + "/{room}/{session}";
  router.add(
      {"GET", pattern, Access::EnterRoom, BodyKind::Nothing,
       at_once([&api, protocol](const Request& request) { return get(api, protocol, request); })});
  router.add({"PATCH", pattern, Access::EnterRoom, BodyKind::SdpFragment,
              [&api, protocol](const Request& request, const Reply& reply) {
                patch(api, protocol, request, reply);
              }});
  router.add({"DELETE", pattern, Access::EnterRoom, BodyKind::Nothing,
              at_once([&api, protocol](const Request& request) {
                return close(api, protocol, request);
              })});
}

}  // namespace

void add_whip_routes(Router& router, Api& api) {
  for (const Protocol& protocol : {Protocol{"/whip", room::ClientKind::Publisher},
                                   Protocol{"/whep", room::ClientKind::Player}}) {
    add_endpoint(router, api, protocol);
    add_sessions(router, api, protocol);
  }
}

}  // namespace veche::http
