// SPDX-License-Identifier: Apache-2.0
// The answer to one HTTP request.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace veche {

struct Reply {
  uint32_t status = 204;
  std::string body;  ///< Of a problem: the sentence that says what was wrong.
  std::string content_type = "application/json";
  std::string problem;  ///< The type of a problem (RFC 9457), lower case with dashes; else "".

  static Reply json(std::string body, uint32_t status = 200) {
    return {status, std::move(body), "application/json", ""};
  }
  static Reply failed(uint32_t status, std::string problem, std::string detail) {
    return {status, std::move(detail), "", std::move(problem)};
  }
  /// The answer comes with Host::reply(), within 5 s.
  static Reply later() { return {0, "", "", ""}; }
};

}  // namespace veche
