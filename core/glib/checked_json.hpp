// SPDX-License-Identifier: Apache-2.0
// JSON that others send, parsed and checked against a schema.
#pragma once

#include <string>
#include <vector>

#include "glib/json.hpp"
#include "glib/json_schema.hpp"

namespace veche::glib {

using FieldProblems = std::vector<SchemaProblem>;

/// A value, or what is wrong with the text that it should have come from.
template <class T>
struct Checked {
  T value{};
  FieldProblems problems;
  bool ok() const { return problems.empty(); }
  explicit operator bool() const { return ok(); }
};

/// What an error of parse_json() says, for the one who sent the text.
FieldProblems problems_of(const Error& error);

/// For schemas of our own, which are known to be good.
JsonSchema schema_of(const std::string& text);

/// Parses `text`, checks it and fills in defaults. The value is there unless the text is no JSON.
Checked<JsonPtr> parse_object(const std::string& text, const JsonSchema& schema);

/// The same for a merge patch (RFC 7396): the outcome of `patch` on `current` is what has to fit
/// the schema. `names` gets the members that the patch names.
Checked<JsonPtr> parse_patched(const std::string& patch, const std::string& current,
                               const JsonSchema& schema, std::vector<std::string>& names);

}  // namespace veche::glib
