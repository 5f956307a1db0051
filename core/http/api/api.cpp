// SPDX-License-Identifier: Apache-2.0
// What several routes share: finding what a path names, and paging.
#include "http/api/api.hpp"

#include <cassert>
#include <charconv>

#include "base/thread_role.hpp"

namespace veche::http {

Result<room::Room*> find_room(Api& api, const Request& request) {
  assert(is_on_control());
  room::Room* room = api.rooms.find_room(request.param("room"));
  if (!room) return not_found("There is no room \"" + request.param("room") + "\".");
  return room;
}

Result<room::Participant*> find_participant(Api& api, const Request& request) {
  auto room = find_room(api, request);
  if (!room) return room.error();
  const std::string& name = request.param("participant");
  room::Participant* participant = (*room)->find(name);
  if (!participant) return not_found("There is no participant \"" + name + "\" in the room.");
  return participant;
}

std::string path_of(const std::string& room, const std::string& participant) {
  return "/v1/rooms/" + room + "/participants/" + participant;
}

Result<Page> page_of(const Request& request) {
  constexpr size_t kMaxLimit = 100;
  Page page;
  page.cursor = request.query_value("cursor");
  page.prefix = request.query_value("prefix");
  const std::string limit = request.query_value("limit");
  if (limit.empty()) return page;
  const char* end = limit.data() + limit.size();
  const auto parsed = std::from_chars(limit.data(), end, page.limit);
  if (parsed.ec != std::errc() || parsed.ptr != end || page.limit < 1 || page.limit > kMaxLimit) {
    return invalid("limit has to be a whole number from 1 to 100.");
  }
  return page;
}

Result<bool> query_flag(const Request& request, const std::string& name) {
  const std::string value = request.query_value(name);
  if (value == "true") return true;
  if (value.empty() || value == "false") return false;
  return invalid(name + " has to be true or false.");
}

}  // namespace veche::http
