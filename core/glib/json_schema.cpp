// SPDX-License-Identifier: Apache-2.0
// Checks values against schemas, fills in defaults, and says what is wrong.
#include "glib/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "glib/json_node.hpp"

namespace veche::glib {
namespace {

/// A request full of mistakes gets an answer of limited size.
constexpr size_t kMaxProblems = 32;
constexpr size_t kMaxShownBytes = 80;

std::string_view schema_type(JsonNode* schema) {
  JsonNode* type = member(schema, "type");
  return type ? json_node_get_string(type) : "";
}

/// long double holds every 64 bit integer exactly.
long double number_of(JsonNode* value) {
  return type_of(value) == "integer" ? static_cast<long double>(json_node_get_int(value))
                                     : static_cast<long double>(json_node_get_double(value));
}

/// The number itself, the characters of a string, the elements of an array.
long double measure(JsonNode* value) {
  const std::string_view type = type_of(value);
  if (type == "string") return g_utf8_strlen(json_node_get_string(value), -1);
  if (type == "array") return json_array_get_length(json_node_get_array(value));
  return number_of(value);
}

struct Bounds {
  std::optional<long double> low, high;
};

Bounds bounds_of(JsonNode* schema) {
  Bounds bounds;
  for (const char* name : {"minimum", "minLength", "minItems"}) {
    if (JsonNode* node = member(schema, name)) bounds.low = number_of(node);
  }
  for (const char* name : {"maximum", "maxLength", "maxItems"}) {
    if (JsonNode* node = member(schema, name)) bounds.high = number_of(node);
  }
  return bounds;
}

// What messages say.

std::string number_text(long double number) {
  char text[40];
  g_snprintf(text, sizeof text, number == std::floor(number) ? "%.0Lf" : "%.6Lg", number);
  return text;
}

std::string bounds_text(const Bounds& bounds, const char* between, const char* unit) {
  const auto& [low, high] = bounds;
  if (!low && !high) return "";
  std::string text;
  if (low && high) {
    text = *low == *high ? " of exactly " + number_text(*low)
                         : between + number_text(*low) + " to " + number_text(*high);
  } else {
    text = low ? " of at least " + number_text(*low) : " of at most " + number_text(*high);
  }
  return text + unit;
}

std::string allowed_text(JsonNode* schema) {
  if (JsonNode* values = member(schema, "enum")) {
    std::string text;
    for (JsonNode* value : elements_of(values)) {
      text += (text.empty() ? "" : ", ") + to_text(value);
    }
    return text;
  }
  const std::string_view type = schema_type(schema);
  const Bounds bounds = bounds_of(schema);
  if (type == "integer") return "an integer" + bounds_text(bounds, " from ", "");
  if (type == "number") return "a number" + bounds_text(bounds, " from ", "");
  if (type == "string") return "a string" + bounds_text(bounds, " of ", " characters");
  if (type == "array") return "an array" + bounds_text(bounds, " of ", " elements");
  if (type == "object") return "an object";
  return type == "boolean" ? "true or false" : "any value";
}

/// Is this, or anything in it, a secret? What stands in the wrong place may be one too.
bool holds_secret(JsonNode* schema) {
  if (JsonNode* secret = member(schema, "writeOnly"); secret && json_node_get_boolean(secret)) {
    return true;
  }
  for (const char* name : {"items", "additionalProperties"}) {
    JsonNode* inner = member(schema, name);
    if (inner && JSON_NODE_HOLDS_OBJECT(inner) && holds_secret(inner)) return true;
  }
  JsonNode* properties = member(schema, "properties");
  const std::vector<std::string> names = names_of(properties);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return holds_secret(member(properties, name.c_str()));
  });
}

std::string value_text(JsonNode* schema, JsonNode* value) {
  const std::string_view type = type_of(value);
  if (type == "object") return "an object";
  if (type == "array") {
    return "an array" + bounds_text({measure(value), measure(value)}, "", " elements");
  }
  if (holds_secret(schema)) return "this secret";
  std::string text = to_text(value);
  if (text.size() <= kMaxShownBytes) return text;
  const char* cut = g_utf8_find_prev_char(text.c_str(), text.c_str() + kMaxShownBytes + 1);
  text.resize(static_cast<size_t>(cut - text.c_str()));
  return text + "...";
}

/// Checks one value, once.
class Check {
 public:
  explicit Check(bool fill_defaults) : fill_defaults_(fill_defaults) {}

  void value(JsonNode* schema, JsonNode* value, const std::string& pointer) {
    if (!allows(schema, value)) {
      return report(
          pointer, value_text(schema, value) + " is not allowed; allowed: " + allowed_text(schema));
    }
    if (schema_type(schema) == "object") object(schema, value, pointer);
    JsonNode* items = member(schema, "items");
    if (!items) return;
    size_t index = 0;
    for (JsonNode* element : elements_of(value)) {
      this->value(items, element, child_pointer(pointer, std::to_string(index++)));
    }
  }

  std::vector<SchemaProblem> problems() && { return std::move(problems_); }

 private:
  void report(const std::string& pointer, std::string detail) {
    if (problems_.size() < kMaxProblems) problems_.push_back({pointer, std::move(detail)});
  }

  static bool allows(JsonNode* schema, JsonNode* value) {
    if (!is_type(value, schema_type(schema))) return false;
    const Bounds bounds = bounds_of(schema);
    if (bounds.low && measure(value) < *bounds.low) return false;
    if (bounds.high && measure(value) > *bounds.high) return false;
    const std::vector<JsonNode*> values = elements_of(member(schema, "enum"));
    return values.empty() || std::any_of(values.begin(), values.end(), [&](JsonNode* allowed) {
             return json_node_equal(allowed, value) != FALSE;
           });
  }

  void object(JsonNode* schema, JsonNode* value, const std::string& pointer) {
    JsonNode* properties = member(schema, "properties");
    JsonNode* additional = member(schema, "additionalProperties");
    const std::vector<std::string> known = names_of(properties);
    for (const std::string& name : names_of(value)) {
      JsonNode* property = properties ? member(properties, name.c_str()) : nullptr;
      if (!property && additional && JSON_NODE_HOLDS_OBJECT(additional)) property = additional;
      if (property) {
        this->value(property, member(value, name.c_str()), child_pointer(pointer, name));
      } else if (!additional || !json_node_get_boolean(additional)) {
        report_unknown(child_pointer(pointer, name), known);
      }
    }
    for (JsonNode* required : elements_of(member(schema, "required"))) {
      const char* name = json_node_get_string(required);
      if (member(value, name)) continue;
      JsonNode* property = properties ? member(properties, name) : nullptr;
      report(child_pointer(pointer, name),
             "is missing; allowed: " + (property ? allowed_text(property) : "any value"));
    }
    for (const std::string& name : known) {
      fill_default(member(properties, name.c_str()), value, name, pointer);
    }
  }

  void report_unknown(const std::string& pointer, const std::vector<std::string>& known) {
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    report(pointer, "unknown; allowed: " + (names.empty() ? "nothing" : names));
  }

  void fill_default(JsonNode* schema, JsonNode* object, const std::string& name,
                    const std::string& pointer) {
    JsonNode* standard = member(schema, "default");
    if (!fill_defaults_ || !standard || member(object, name.c_str())) return;
    // json_node_copy() would share the object or array inside; what was parsed once parses again.
    Result<JsonPtr> copy = parse_json(to_text(standard));
    if (!copy) return;
    JsonNode* node = copy.value().release();
    json_object_set_member(json_node_get_object(object), name.c_str(), node);
    value(schema, node, child_pointer(pointer, name));
  }

  const bool fill_defaults_;
  std::vector<SchemaProblem> problems_;
};

}  // namespace

std::vector<SchemaProblem> JsonSchema::apply(JsonNode* value, bool fill_defaults) const {
  Check check(fill_defaults);
  check.value(root_.get(), value, "");
  return std::move(check).problems();
}

}  // namespace veche::glib
