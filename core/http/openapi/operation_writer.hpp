// SPDX-License-Identifier: Apache-2.0
// One route as an operation of an OpenAPI document. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "http/openapi/schema_writer.hpp"
#include "http/protocol/router.hpp"

namespace veche::http {

/// Writes operations, and collects the components that they refer to.
class OperationWriter {
 public:
  void write(glib::JsonWriter& json, const Route& route);
  /// Those of a path, which its operations share. Nothing if it has none.
  void write_path_parameters(glib::JsonWriter& json, const std::string& pattern);
  /// "schemas" and "responses" of components, into an object that has begun.
  void write_components(glib::JsonWriter& json);

 private:
  void write_security(glib::JsonWriter& json, const Route& route) const;
  void write_parameters(glib::JsonWriter& json, const Route& route);
  void write_query(glib::JsonWriter& json, const Operation& operation);
  void write_body(glib::JsonWriter& json, const Route& route);
  void write_responses(glib::JsonWriter& json, const Route& route);
  void write_outcomes(glib::JsonWriter& json, const Route& route, int status,
                      const std::vector<const Outcome*>& outcomes);
  void write_content(glib::JsonWriter& json, const Outcome& outcome);
  void write_schema(glib::JsonWriter& json, const std::string& schema);
  void write_problem_response(glib::JsonWriter& json, int status);

  SchemaWriter schemas_;
  std::set<int> problems_;   ///< That were referred to.
  bool is_foreign_ = false;  ///< The route is a plugin's.
};

/// Statuses with which the route may answer that things are not well, other than a plugin's own.
std::set<int> problem_statuses(const Route& route);

}  // namespace veche::http
