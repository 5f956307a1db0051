// SPDX-License-Identifier: Apache-2.0
// Participants' attributes as the JSON that plugins exchange with the server.
#pragma once

#include <string>

#include "base/result.hpp"
#include "room/types.hpp"

namespace veche::plugin {

std::string attributes_json(const room::Attributes& attributes);
/// InvalidArgument unless it is an object of strings, within the limits of attributes.
Result<room::Attributes> read_attributes(const char* json);

}  // namespace veche::plugin
