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
  const char* name;  ///< "Whip"

  /// `verb` and the name are the operation's id.
  Operation describes(const std::string& verb, const std::string& summary,
                      std::vector<Outcome> outcomes, std::vector<int> problems) const {
    return {.tag = "WHIP and WHEP",
            .id = verb + name,
            .summary = summary,
            .outcomes = std::move(outcomes),
            .problems = std::move(problems)};
  }
};

void post_whip(Api& api, const Protocol& protocol, const Request& request, const Reply& reply) {
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
Response get_whip(Api& api, const Protocol& protocol, const Request& request) {
  const auto owner = find_owner(api, protocol, request);
  return owner ? no_content() : problem(owner.error());
}

/// 200 as in RFC 9725, because Debian's client takes no other; entity tags are ignored.
Response delete_whip(Api& api, const Protocol& protocol, const Request& request) {
  const auto owner = find_owner(api, protocol, request);
  if (!owner) return problem(owner.error());
  const Status closed = (*owner)->close_session(request.param("session"), room::EndReason::Left);
  return closed ? Response{} : problem(closed.error());
}

void patch_whip(Api& api, const Protocol& protocol, const Request& request, const Reply& reply) {
  const auto owner = find_owner(api, protocol, request);
  if (!owner) return reply(problem(owner.error()));
  patch_session(**owner, request.param("session"), request, reply);
}

void add_endpoint(Router& router, Api& api, const Protocol& protocol) {
  const std::string pattern = protocol.path + "/{room}";
  Route offers{
      .method = "POST",
      .pattern = pattern,
      .access = Access::EnterRoom,
      .body = BodyKind::Sdp,
      .handler = [&api, protocol](const Request& request,
                                  const Reply& reply) { post_whip(api, protocol, request, reply); },
      .operation = protocol.describes(
          "offer", "Takes an offer, and answers it",
          {{201, "The answer; Link headers name the ICE servers.", "", "application/sdp"}},
          {404, 409})};
  Route probe{.method = "GET",
              .pattern = pattern,
              .access = Access::EnterRoom,
              .body = BodyKind::Nothing,
              .handler = at_once([](const Request&) { return no_content(); }),
              .operation = protocol.describes("probe", "Says that it is there",
                                              {{204, "Offers may be posted here."}}, {})};
  offers.operation.query = std::string(R"({"properties": {"participant": {"type": "string",
      "description": "For callers with an API key: the participant's name; without it the server makes one."}, )") +
                           kEncryptedParameter + "}}";
  // People type the URL of an endpoint.
  offers.takes_trailing_slash = probe.takes_trailing_slash = true;
  router.add(std::move(offers));
  router.add(std::move(probe));
}

void add_sessions(Router& router, Api& api, const Protocol& protocol) {
  const std::string pattern = protocol.path + "/{room}/{session}";
  const auto add = [&](const char* method, BodyKind body, Handler handler, Operation operation) {
    router.add({.method = method,
                .pattern = pattern,
                .access = Access::EnterRoom,
                .body = body,
                .handler = std::move(handler),
                .operation = std::move(operation)});
  };
  add("GET", BodyKind::Nothing, at_once([&api, protocol](const Request& request) {
        return get_whip(api, protocol, request);
      }),
      protocol.describes("get", "Says whether a session is there", {{204, "It is there."}}, {404}));
  Operation patches =
      protocol.describes("patch", "Restarts ICE, or takes candidates",
                         {{200, "The server's credentials and candidates after an ICE restart.", "",
                           "application/trickle-ice-sdpfrag"},
                          {204, "Candidates: the server does not need them."}},
                         {404, 409, 422, 428});
  patches.is_tagged = true;
  add(
      "PATCH", BodyKind::SdpFragment,
      [&api, protocol](const Request& request, const Reply& reply) {
        patch_whip(api, protocol, request, reply);
      },
      std::move(patches));
  add("DELETE", BodyKind::Nothing, at_once([&api, protocol](const Request& request) {
        return delete_whip(api, protocol, request);
      }),
      protocol.describes("close", "Leaves the room", {{200, "The session has ended."}}, {404}));
}

}  // namespace

void add_whip_routes(Router& router, Api& api) {
  for (const Protocol& protocol : {Protocol{"/whip", room::ClientKind::Publisher, "Whip"},
                                   Protocol{"/whep", room::ClientKind::Player, "Whep"}}) {
    add_endpoint(router, api, protocol);
    add_sessions(router, api, protocol);
  }
}

}  // namespace veche::http
