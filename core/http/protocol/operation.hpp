// SPDX-License-Identifier: Apache-2.0
// What the API's document says about a route beyond the route itself.
#pragma once

#include <string>
#include <vector>

namespace veche::http {

/// One way in which a route answers when all is well.
struct Outcome {
  int status;
  std::string description;
  std::string schema;        ///< JSON Schema of a JSON body; empty: see content_type.
  std::string content_type;  ///< Of another body; empty, without a schema too: there is no body.
};

/// Method, path, credential and the kind of body come from the route. Every route may answer 500
/// and 503; limited ones 429, those with a credential 401 and 403, those that read something of the
/// request 400, those with a body 413 and 415, and a POST 409 and 422 for its Idempotency-Key.
struct Operation {
  std::string tag;      ///< One of kTags in openapi/document.cpp.
  std::string id;       ///< Unique: "getRoom".
  std::string summary;  ///< "Reads a room"
  std::vector<Outcome> outcomes;
  std::vector<int> problems = {};  ///< Statuses of problems other than those above.
  std::string body = {};           ///< JSON Schema of a JSON body.
  std::string example = {};        ///< Of such a body.
  std::string query = {};          ///< A schema whose properties are the query's parameters.
  /// The resource has an entity tag: reads may answer 304, changes 412.
  bool is_tagged = false;
  /// Its route is a plugin's, which describes itself, in outcomes of problems too; without any, it
  /// does not.
  bool is_plugins = false;
};

}  // namespace veche::http
