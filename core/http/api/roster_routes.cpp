// SPDX-License-Identifier: Apache-2.0
// The whole roster of a room in pages, for clients that see a window of it.
#include "glib/json.hpp"
#include "http/api/api.hpp"
#include "http/api/client_messages.hpp"
#include "http/api/paging.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr size_t kMaxSearchBytes = 256;
constexpr char kSearch[] = R"("search": {"type": "string", "maxLength": 256,
    "description": "Those whose name or id contains this, in any case of letters."})";

std::string roster_schema() {
  return R"({"type": "object", "required": ["roster", "participants", "next_cursor"], "properties": {
      "roster": {"type": "array", "items": )" +
         entry_schema() + R"(},
      "participants": {"type": "integer", "description": "How many are in the roster in all."},
      "next_cursor": {"type": ["string", "null"],
          "description": "Where the next page begins; null: this is the last one."}}})";
}

std::string folded(const std::string& text) {
  const glib::StringPtr folded(g_utf8_casefold(text.data(), static_cast<gssize>(text.size())));
  return folded.get();
}

/// Does the name or the id contain the text? In any case of letters.
bool matches(const room::Participant& participant, const std::string& folded_search) {
  return folded_search.empty() ||
         folded(participant.id()).find(folded_search) != std::string::npos ||
         folded(participant.name()).find(folded_search) != std::string::npos;
}

Status check_search(const std::string& search) {
  const bool is_text = search.size() <= kMaxSearchBytes &&
                       g_utf8_validate(search.data(), static_cast<gssize>(search.size()), nullptr);
  if (is_text) return Ok{};
  return invalid("search has to be UTF-8 of at most " + std::to_string(kMaxSearchBytes) +
                 " bytes.");
}

/// A participant sees others as long as they see it.
Status check_presence(const Request& request, room::Room& room) {
  const std::optional<JoinToken>& token = request.caller->token;
  if (!token || room.find(token->participant)) return Ok{};
  return Error{ErrorCode::PermissionDenied,
               "A join token reads the roster while its participant is in the room."};
}

/// By id, as other pages are. The cursor is null if nobody else matches.
std::string roster_json(const room::Room& room, const Page& page, const std::string& search) {
  glib::JsonWriter json;
  json.begin_object().key("roster").begin_array();
  const std::string wanted = folded(search);
  size_t count = 0;
  std::string last, cursor;
  const auto& all = room.participants();
  auto item = page.cursor.empty() ? all.begin() : all.upper_bound(page.cursor);
  for (; item != all.end() && cursor.empty(); ++item) {
    const auto& [id, participant] = *item;
    if (!room.roster().has(id) || !matches(*participant, wanted)) continue;
    if (++count > page.limit) {
      cursor = last;
    } else {
      write_entry(json, room.roster_entry(*participant));
      last = id;
    }
  }
  json.end_array().key("participants").integer(static_cast<int64_t>(room.roster().size()));
  json.key("next_cursor");
  if (cursor.empty()) {
    json.null();
  } else {
    json.string(cursor);
  }
  return json.end_object().text();
}

Response list_roster(Api& api, const Request& request) {
  const Result<room::Room*> room = find_room(api, request);
  if (!room) return problem(room.error());
  if (Status status = check_presence(request, **room); !status) return problem(status.error());
  const Result<Page> page = page_of(request);
  if (!page) return problem(page.error());
  const std::string search = request.query_value("search");
  if (Status status = check_search(search); !status) return problem(status.error());
  return json_response(200, roster_json(**room, *page, search));
}

}  // namespace

void add_roster_routes(Router& router, Api& api) {
  router.add(
      {.method = "GET",
       .pattern = "/v1/rooms/{room}/roster",
       .access = Access::ReadRoster,
       .body = BodyKind::Nothing,
       .handler = at_once([&api](const Request& request) { return list_roster(api, request); }),
       .operation = {.tag = "Participants",
                     .id = "getRoster",
                     .summary = "Lists what clients see of the participants of a room",
                     .outcomes = {{200, "A page of the roster.", roster_schema()}},
                     .problems = {404},
                     .query = page_query(kSearch)}});
}

}  // namespace veche::http
