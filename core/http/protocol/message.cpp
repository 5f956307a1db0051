// SPDX-License-Identifier: Apache-2.0
// Short ways to read requests and make responses.
#include "http/protocol/message.hpp"

namespace veche::http {

std::string Request::query_value(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

Response& Response::header(std::string name, std::string value) {
  headers.emplace_back(std::move(name), std::move(value));
  return *this;
}

Response json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

Response no_content() { return {.status = 204}; }

Handler at_once(std::function<Response(const Request&)> respond) {
  return [respond = std::move(respond)](const Request& request, const Reply& reply) {
    reply(respond(request));
  };
}

}  // namespace veche::http
