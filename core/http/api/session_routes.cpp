// SPDX-License-Identifier: Apache-2.0
// Routes of a participant's session, in the shape of WHIP (RFC 9725): one round trip, offer to
// answer.
#include "base/ids.hpp"
#include "base/time.hpp"
#include "http/api/api.hpp"
#include "http/api/views.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

Response answered(const Result<room::SessionAnswer>& answer, const std::string& participant_path,
                  const std::vector<IceServerView>& ice_servers) {
  if (!answer) return problem(answer.error());
  Response response{.status = 201, .content_type = "application/sdp", .body = answer->sdp};
  response.header("Location", participant_path + "/session/" + answer->session);
  add_links(response, ice_servers);
  return response;
}

void open(Api& api, const Request& request, const Reply& reply) {
  const std::string& name = request.param("participant");
  const std::optional<JoinToken>& token = request.caller->token;
  const Result<room::Room*> room =
      api.rooms.find_or_create_room(request.param("room"), token && token->create_room);
  if (!room) return reply(problem(room.error()));
  const room::ParticipantSettings settings = token ? token->settings : room::ParticipantSettings{};
  const auto participant = (*room)->join(name, settings);
  if (!participant) return reply(problem(participant.error()));
  // The answer may come after this server is gone, so the callback owns all that it needs.
  (*participant)
      ->open_session(request.body,
                     [reply, path = path_of(request.param("room"), name),
                      ice_servers = ice_servers_for(api.ice_servers, name, unix_ms() / 1000)](
                         const Result<room::SessionAnswer>& answer) {
                       reply(answered(answer, path, ice_servers));
                     });
}

Response close(Api& api, const Request& request) {
  const auto participant = find_participant(api, request);
  if (!participant) return problem(participant.error());
  const Status closed =
      (*participant)->close_session(request.param("session"), room::EndReason::Left);
  return closed ? no_content() : problem(closed.error());
}

/// Of the participant alone, whether it is there or not: a client asks before it makes its offer.
Response ice_servers(const Api& api, const Request& request) {
  const std::string& name = request.param("participant");
  if (!is_valid_name(name)) return problem(400, "There can be no participant of this name.");
  glib::JsonWriter json;
  write_ice_servers(json.begin_object().key("ice_servers"),
                    ice_servers_for(api.ice_servers, name, unix_ms() / 1000));
  return json_response(200, json.end_object().text()).header("Cache-Control", "no-store");
}

Response refuse_candidates() {
  return problem(
             405,
             "Candidates cannot be added later. Send all of them in the offer; the server learns "
             "missing ones from the client's connectivity checks.")
      .header("Allow", "DELETE, OPTIONS");
}

}  // namespace

void add_session_routes(Router& router, Api& api) {
  const std::string sessions = "/v1/rooms/{room}/participants/{participant}/session";
  router.add({"POST", sessions, Access::UseParticipant, BodyKind::Sdp,
              [&api](const Request& request, const Reply& reply) { open(api, request, reply); }});
  router.add({"GET", "/v1/rooms/{room}/participants/{participant}/ice-servers",
              Access::UseParticipant, BodyKind::Nothing,
              at_once([&api](const Request& request) { return ice_servers(api, request); })});
  router.add({"DELETE", sessions + "/{session}", Access::UseParticipant, BodyKind::Nothing,
              at_once([&api](const Request& request) { return close(api, request); })});
  router.add({"PATCH", sessions + "/{session}", Access::UseParticipant, BodyKind::SdpFragment,
              at_once([](const Request&) { return refuse_candidates(); })});
}

}  // namespace veche::http
