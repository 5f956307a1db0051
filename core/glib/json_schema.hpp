// SPDX-License-Identifier: Apache-2.0
// A closed subset of JSON Schema for configuration and requests: checks a value and fills in
// defaults.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "glib/json.hpp"

namespace veche::glib {

using SchemaProblem = FieldProblem;

/// Keywords: type (one), properties, required, additionalProperties (false is the default; true, or
/// a schema, for maps), enum (of strings and integers), minimum, maximum, minLength, maxLength,
/// items, minItems, maxItems, default, description, title, examples, and writeOnly: a secret, whose
/// value no message shows. Keywords that say something about one type need that "type" beside them.
/// A schema that uses anything else is refused: nothing is silently unchecked. A schema without
/// type allows every value.
class JsonSchema {
 public:
  static Result<JsonSchema> parse(std::string_view text);
  JsonSchema(JsonSchema&&) noexcept;
  JsonSchema& operator=(JsonSchema&&) noexcept;
  ~JsonSchema();

  /// Checks `value` and, with `fill_defaults`, puts defaults of absent properties into it
  /// (recursively).
  std::vector<SchemaProblem> apply(JsonNode* value, bool fill_defaults) const;
  /// The schema itself, for references and documents made from it.
  JsonNode* root() const { return root_.get(); }

 private:
  explicit JsonSchema(JsonPtr root);
  static std::string default_error(JsonNode* schema, const std::string& pointer);
  JsonPtr root_;
};

}  // namespace veche::glib
