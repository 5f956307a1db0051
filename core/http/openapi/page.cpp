// SPDX-License-Identifier: Apache-2.0
// Writes HTML. Every text of the document is escaped, those of plugins too.
#include "http/openapi/page.hpp"

#include <glib.h>

#include <utility>
#include <vector>

#include "glib/json.hpp"
#include "glib/json_node.hpp"
#include "glib/ref.hpp"

namespace veche::http {
namespace {

using glib::elements_of;
using glib::member;
using glib::names_of;

constexpr char kStyle[] =
    "body{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}"
    "code,pre{font:14px/1.4 monospace;background:#f3f3f3}pre{padding:.5rem;overflow:auto}"
    "section{border-top:1px solid #ccc;margin-top:1.5rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    "h3 code{background:none}";

std::string escaped(const std::string& text) {
  const glib::StringPtr safe(g_markup_escape_text(text.c_str(), static_cast<gssize>(text.size())));
  return safe.get();
}

std::string text_of(JsonNode* object, const char* name) {
  JsonNode* value = member(object, name);
  return value && glib::is_type(value, "string") ? json_node_get_string(value) : "";
}

std::string in_tag(const std::string& tag, const std::string& text) {
  return "<" + tag + ">" + escaped(text) + "</" + tag.substr(0, tag.find(' ')) + ">\n";
}

std::string indented(JsonNode* node) {
  const glib::StringPtr text(json_to_string(node, TRUE));
  return text.get();
}

/// The first member of an object, whatever its name; null if it has none.
JsonNode* first_of(JsonNode* object) {
  const std::vector<std::string> names = names_of(object);
  return names.empty() ? nullptr : member(object, names[0].c_str());
}

class Page {
 public:
  explicit Page(JsonNode* document) : document_(document) {}

  std::string html() {
    html_ =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Veche API</title>"
        "<meta name=\"viewport\" content=\"width=device-width\"><style>" +
        std::string(kStyle) + "</style>\n";
    JsonNode* info = member(document_, "info");
    add("h1", text_of(info, "title") + " " + text_of(info, "version"));
    html_ += "<p><a href=\"/v1/openapi.json\">This document as OpenAPI 3.1</a></p>\n";
    add("pre", text_of(info, "description"));
    for (JsonNode* tag : elements_of(member(document_, "tags"))) add_links(tag);
    for (JsonNode* tag : elements_of(member(document_, "tags"))) add_tag(tag);
    add("h2", "Schemas");
    JsonNode* schemas = member(member(document_, "components"), "schemas");
    for (const std::string& name : names_of(schemas)) {
      html_ += "<section id=\"" + escaped(name) + "\">";
      add("h3", name);
      add("pre", indented(member(schemas, name.c_str())));
      html_ += "</section>\n";
    }
    return html_ + "</html>\n";
  }

 private:
  void add(const std::string& tag, const std::string& text) { html_ += in_tag(tag, text); }

  struct Operation {
    std::string name;  ///< "GET /v1/rooms", escaped.
    std::string id;    ///< Likewise.
    JsonNode* node;
  };

  std::vector<Operation> operations_of(const std::string& tag) const {
    std::vector<Operation> operations;
    JsonNode* paths = member(document_, "paths");
    for (const std::string& path : names_of(paths)) {
      JsonNode* item = member(paths, path.c_str());
      for (const std::string& method : names_of(item)) {
        JsonNode* operation = member(item, method.c_str());
        if (method == "parameters" || tag_of(operation) != tag) continue;
        const glib::StringPtr upper(g_ascii_strup(method.c_str(), -1));
        operations.push_back({escaped(upper.get() + (" " + path)),
                              escaped(text_of(operation, "operationId")), operation});
      }
    }
    return operations;
  }

  static std::string tag_of(JsonNode* operation) {
    return json_node_get_string(elements_of(member(operation, "tags")).at(0));
  }

  void add_links(JsonNode* tag) {
    const std::string name = text_of(tag, "name");
    add("h4", name);
    html_ += "<ul>";
    for (const Operation& each : operations_of(name)) {
      html_ += "<li><a href=\"#" + each.id + "\"><code>" + each.name + "</code></a> " +
               escaped(text_of(each.node, "summary")) + "\n";
    }
    html_ += "</ul>\n";
  }

  void add_tag(JsonNode* tag) {
    const std::string name = text_of(tag, "name");
    add("h2", name);
    add("p", text_of(tag, "description"));
    for (const Operation& each : operations_of(name)) add_operation(each);
  }

  void add_operation(const Operation& described) {
    JsonNode* operation = described.node;
    html_ += "<section id=\"" + described.id + "\"><h3><code>" + described.name + "</code></h3>\n";
    add("p", text_of(operation, "summary") + ".");
    add("p", callers_of(operation));
    add_parameters(operation);
    if (JsonNode* body = member(operation, "requestBody")) {
      add("h4", "Body");
      add_content(body);
    }
    add("h4", "Answers");
    JsonNode* responses = member(operation, "responses");
    for (const std::string& status : names_of(responses)) {
      add_response(status, member(responses, status.c_str()));
    }
    html_ += "</section>\n";
  }

  static std::string callers_of(JsonNode* operation) {
    std::string callers;
    const auto add = [&callers](const std::string& caller) {
      callers += (callers.empty() ? "For: " : ", ") + caller;
    };
    for (JsonNode* choice : elements_of(member(operation, "security"))) {
      const std::string scheme = names_of(choice).at(0);
      const std::vector<JsonNode*> scopes = elements_of(first_of(choice));
      add(scopes.empty() ? scheme : std::string("scope ") + json_node_get_string(scopes[0]));
    }
    return callers.empty() ? "For everybody." : callers + ".";
  }

  void add_parameters(JsonNode* operation) {
    const std::vector<JsonNode*> parameters = elements_of(member(operation, "parameters"));
    if (parameters.empty()) return;
    html_ += "<table><tr><th>Parameter<th>In<th>Meaning\n";
    for (JsonNode* parameter : parameters) {
      html_ += "<tr><td><code>" + escaped(text_of(parameter, "name")) + "</code><td>" +
               escaped(text_of(parameter, "in")) + "<td>" +
               escaped(text_of(parameter, "description")) + "\n";
    }
    html_ += "</table>\n";
  }

  void add_response(const std::string& status, JsonNode* response) {
    const std::string target = text_of(response, "$ref");
    if (!target.empty()) {
      const std::string name = target.substr(target.rfind('/') + 1);
      response = member(member(member(document_, "components"), "responses"), name.c_str());
    }
    html_ += "<p><code>" + escaped(status) + "</code> " +
             escaped(text_of(response, "description")) + "</p>\n";
    if (target.empty()) add_content(response);
  }

  /// Of a body or a response.
  void add_content(JsonNode* holder) {
    JsonNode* content = member(holder, "content");
    if (!content) return;
    std::string types;
    for (const std::string& type : names_of(content)) types += (types.empty() ? "" : ", ") + type;
    add("p", types);
    JsonNode* schema = member(first_of(content), "schema");
    if (!schema) return;
    const std::string target = text_of(schema, "$ref");
    if (target.empty()) return add("pre", indented(schema));
    const std::string name = escaped(target.substr(target.rfind('/') + 1));
    html_ += "<p><a href=\"#" + name + "\">" + name + "</a></p>\n";
  }

  JsonNode* const document_;
  std::string html_;
};

/// "'sha256-...'", which allows one <style>.
std::string hash_source(const char* text) {
  guint8 digest[32];
  gsize size = sizeof digest;
  GChecksum* checksum = g_checksum_new(G_CHECKSUM_SHA256);
  g_checksum_update(checksum, reinterpret_cast<const guchar*>(text), -1);
  g_checksum_get_digest(checksum, digest, &size);
  g_checksum_free(checksum);
  const glib::StringPtr encoded(g_base64_encode(digest, size));
  return std::string("'sha256-") + encoded.get() + "'";
}

Response response_of(std::string page, const std::string& needs) {
  Response response{
      .status = 200, .content_type = "text/html; charset=utf-8", .body = std::move(page)};
  response.header("Content-Security-Policy",
                  "default-src 'none'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'none'; " +
                      needs);
  response.header("Referrer-Policy", "no-referrer");
  return response.header("Cache-Control", "no-cache");
}

}  // namespace

std::string plain_page(const std::string& document) {
  const Result<glib::JsonPtr> parsed = glib::parse_json(document);
  return parsed ? Page(parsed->get()).html() : "";
}

std::string viewer_page(const std::string& script, const std::string& document_url) {
  return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Veche API</title>"
         "<meta name=\"viewport\" content=\"width=device-width\"><script type=\"module\" src=\"" +
         escaped(script) + "\"></script>\n<rapi-doc spec-url=\"" + escaped(document_url) +
         "\" render-style=\"read\" load-fonts=\"false\" show-header=\"false\" "
         "allow-server-selection=\"false\" theme=\"light\"></rapi-doc></html>\n";
}

Response plain_response(std::string page) {
  return response_of(std::move(page), "style-src " + hash_source(kStyle));
}

Response viewer_response(std::string page) {
  // RapiDoc writes styles into its shadow tree, and loads the document.
  return response_of(std::move(page),
                     "script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; "
                     "img-src data:");
}

}  // namespace veche::http
