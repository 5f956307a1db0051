// SPDX-License-Identifier: Apache-2.0
// Reads and writes the lists with json-glib. The server has checked them against the schema.
#include "host_list.hpp"

#include <json-glib/json-glib.h>

#include <memory>
#include <stdexcept>

namespace stage {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeNode {
  void operator()(JsonNode* node) const { json_node_unref(node); }
};
struct FreeText {
  void operator()(char* text) const { g_free(text); }
};

}  // namespace

Names parse_hosts(std::string_view json) {
  const std::unique_ptr<JsonParser, Unref> parser(json_parser_new());
  if (!json_parser_load_from_data(parser.get(), json.data(), static_cast<gssize>(json.size()),
                                  nullptr))
    throw std::invalid_argument("the list of hosts is not JSON");
  JsonObject* root = json_node_get_object(json_parser_get_root(parser.get()));
  Names names;
  if (!json_object_has_member(root, "hosts")) return names;
  JsonArray* hosts = json_object_get_array_member(root, "hosts");
  for (guint i = 0; i < json_array_get_length(hosts); ++i)
    names.insert(json_array_get_string_element(hosts, i));
  return names;
}

std::string hosts_json(const Names& names) {
  const std::unique_ptr<JsonBuilder, Unref> builder(json_builder_new());
  json_builder_begin_object(builder.get());
  json_builder_set_member_name(builder.get(), "hosts");
  json_builder_begin_array(builder.get());
  for (const std::string& name : names) json_builder_add_string_value(builder.get(), name.c_str());
  json_builder_end_array(builder.get());
  json_builder_end_object(builder.get());
  const std::unique_ptr<JsonNode, FreeNode> root(json_builder_get_root(builder.get()));
  const std::unique_ptr<char, FreeText> text(json_to_string(root.get(), FALSE));
  return text.get();
}

}  // namespace stage
