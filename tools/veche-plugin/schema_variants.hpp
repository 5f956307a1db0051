// SPDX-License-Identifier: Apache-2.0
// Configurations made from a plugin's schema: those that it must not allow, and those at its
// limits.
#pragma once

#include <string>
#include <vector>

namespace veche::tool {

struct Variant {
  std::string key;     ///< "" if it is not about one key.
  std::string value;   ///< JSON text of that key alone.
  std::string config;  ///< The whole configuration as JSON text.
};

/// `schema` is sound JSON Schema of an object, or null; `config` is valid.
std::vector<Variant> invalid_variants(const char* schema, const std::string& config);
std::vector<Variant> limit_variants(const char* schema, const std::string& config);

}  // namespace veche::tool
