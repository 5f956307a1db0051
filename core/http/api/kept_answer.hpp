// SPDX-License-Identifier: Apache-2.0
// The answer to a request with an Idempotency-Key as text, for a store. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/protocol/message.hpp"

namespace veche::http {

struct KeptAnswer {
  std::string caller, key;  ///< What its id is made of.
  std::string fingerprint;  ///< Of the request.
  Response response;        ///< Without a file.
  int64_t expires_ms = 0;
};

/// Nothing if the body is no UTF-8 text.
std::optional<std::string> kept_answer_json(const KeptAnswer& answer);
/// Nothing if the two are not what an id and kept_answer_json() make.
std::optional<KeptAnswer> read_kept_answer(const std::string& id, const std::string& json);

}  // namespace veche::http
