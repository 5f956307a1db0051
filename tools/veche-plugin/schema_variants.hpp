// SPDX-License-Identifier: Apache-2.0
// Makes configurations from a plugin's schema: invalid ones, and ones at its limits.
#pragma once

#include <string>
#include <vector>

namespace veche::tool {

struct Variant {
  std::string key;     ///< "" if it concerns no single key.
  std::string value;   ///< JSON text of that key alone.
  std::string config;  ///< The whole configuration as JSON text.
};

/// `schema` is a valid JSON Schema of an object, or null; `config` is valid.
std::vector<Variant> invalid_variants(const char* schema, const std::string& config);
std::vector<Variant> limit_variants(const char* schema, const std::string& config);

}  // namespace veche::tool
