// SPDX-License-Identifier: Apache-2.0
// Resolves JSON pointers, and checks the types of what is there.
#include "plugin/values.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace veche::plugin {
namespace {

/// RFC 6901, section 4: "~1" is "/", "~0" is "~"; nothing if there is another "~".
std::optional<std::string> unescape(std::string_view token) {
  std::string text;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      text += token[i];
    } else if (++i < token.size() && (token[i] == '0' || token[i] == '1')) {
      text += token[i] == '0' ? '~' : '/';
    } else {
      return {};
    }
  }
  return text;
}

JsonNode* element(JsonArray* array, std::string_view token) {
  guint index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  const bool whole = error == std::errc() && end == token.data() + token.size();
  const bool leading_zero = token.size() > 1 && token.front() == '0';
  if (!whole || leading_zero || index >= json_array_get_length(array)) return nullptr;
  return json_array_get_element(array, index);
}

JsonNode* child(JsonNode* node, std::string_view token) {
  if (JSON_NODE_HOLDS_ARRAY(node)) return element(json_node_get_array(node), token);
  if (!JSON_NODE_HOLDS_OBJECT(node)) return nullptr;
  const auto key = unescape(token);
  return key ? json_object_get_member(json_node_get_object(node), key->c_str()) : nullptr;
}

bool is_scalar(JsonNode* node, GType type) {
  return node && JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

}  // namespace

JsonNode* find_value(JsonNode* root, std::string_view pointer) {
  JsonNode* node = root;
  while (node && !pointer.empty()) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const size_t length = std::min(pointer.find('/'), pointer.size());
    node = child(node, pointer.substr(0, length));
    pointer.remove_prefix(length);
  }
  return node;
}

veche_status read_integer(JsonNode* node, int64_t* value) {
  if (!value || !is_scalar(node, G_TYPE_INT64)) return VECHE_E_INVALID;
  *value = json_node_get_int(node);
  return VECHE_OK;
}

veche_status read_number(JsonNode* node, double* value) {
  // "2" is an integer to the parser, and a number to the schema.
  const bool is_number = is_scalar(node, G_TYPE_DOUBLE) || is_scalar(node, G_TYPE_INT64);
  if (!value || !is_number) return VECHE_E_INVALID;
  *value = json_node_get_double(node);
  return VECHE_OK;
}

veche_status read_boolean(JsonNode* node, int32_t* value) {
  if (!value || !is_scalar(node, G_TYPE_BOOLEAN)) return VECHE_E_INVALID;
  *value = json_node_get_boolean(node) ? 1 : 0;
  return VECHE_OK;
}

veche_status read_string(JsonNode* node, const char** value) {
  if (!value || !is_scalar(node, G_TYPE_STRING)) return VECHE_E_INVALID;
  *value = json_node_get_string(node);
  return VECHE_OK;
}

/// The functions of the table.
struct ValuesTable {
  static JsonNode* find(const veche_values* values, const char* pointer) {
    if (!values || !pointer) return nullptr;
    return find_value(reinterpret_cast<const Values::Handle*>(values)->root, pointer);
  }
  template <auto kRead, class Value>
  static veche_status get(const veche_values* values, const char* pointer, Value* value) {
    return kRead(find(values, pointer), value);
  }
};

Values::Values(glib::JsonPtr root)
    : root_(std::move(root)),
      json_(glib::to_text(root_.get())),
      handle_{{.struct_size = sizeof(veche_values),
               .reserved = 0,
               .json = json_.c_str(),
               .get_integer = ValuesTable::get<read_integer, int64_t>,
               .get_number = ValuesTable::get<read_number, double>,
               .get_boolean = ValuesTable::get<read_boolean, int32_t>,
               .get_string = ValuesTable::get<read_string, const char*>},
              root_.get()} {}

}  // namespace veche::plugin
