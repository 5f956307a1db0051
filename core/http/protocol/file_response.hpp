// SPDX-License-Identifier: Apache-2.0
// A file as a response: whole, a part, or none because the client has it (RFC 9110, sections 13
// and 14).
#pragma once

#include <string>

#include "http/protocol/message.hpp"
#include "plugin/http_routes.hpp"

namespace veche::http {

/// 200, 206, 304, 412 or 416. The file's size is what it was when it was opened.
Response file_response(const Conditions& conditions, const plugin::HttpFile& file,
                       const std::string& content_type);

}  // namespace veche::http
