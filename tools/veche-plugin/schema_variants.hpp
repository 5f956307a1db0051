// SPDX-License-Identifier: Apache-2.0
// Makes configurations from a plugin's schema: invalid ones, and ones at its limits.
#pragma once

#include <optional>
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
/// Texts that a careless reader of a string stumbles over, one key at a time; not all of them fit.
std::vector<Variant> hostile_variants(const char* schema, const std::string& config);
/// JSON text of an object that fits the schema, with no more in it than that needs; nothing if none
/// is found.
std::optional<std::string> make_fitting(const char* schema);

}  // namespace veche::tool
