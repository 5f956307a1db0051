// SPDX-License-Identifier: Apache-2.0
// What the paths of sessions share: the answer to an offer, and to a fragment of ICE.
#pragma once

#include <string>

#include "http/api/api.hpp"
#include "room/participant.hpp"

namespace veche::http {

struct SessionOffer {
  std::string participant;  ///< Joins the request's room unless it is there. A valid name.
  room::ClientKind client = room::ClientKind::Full;
  std::string path;  ///< Of sessions like it: Location adds the session's name.
};

/// `?encrypted=` of every offer, as a member of a schema's "properties".
inline constexpr char kEncryptedParameter[] = R"("encrypted": {"type": "boolean", "default": false,
    "description": "The client encrypts its media end to end: the server forwards it as it is."})";

/// Opens a session for the offer in the request's body. Replies with 201 and the answer, later, or
/// with the problem. [control]
void open_session(Api& api, const Request& request, SessionOffer offer, const Reply& reply);

/// RFC 9725 section 4.3: an ICE restart, or candidates, for the participant's session of this name.
/// [control]
void patch_session(room::Participant& participant, const std::string& session,
                   const Request& request, const Reply& reply);

}  // namespace veche::http
