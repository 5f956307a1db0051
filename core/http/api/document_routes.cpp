// SPDX-License-Identifier: Apache-2.0
// The API's own description: the OpenAPI document, and a page for people.
#include <optional>

#include "base/log.hpp"
#include "glib/ref.hpp"
#include "http/api/api.hpp"
#include "http/api/plugin_operations.hpp"
#include "http/openapi/document.hpp"
#include "http/openapi/page.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

constexpr char kDocumentPath[] = "/v1/openapi.json";
constexpr char kScriptPath[] = "/docs/rapidoc-min.js";

/// The document with its tag, made again when what it tells about plugins has changed. [control]
class Description {
 public:
  Description(const Router& router, const plugin::Host& plugins)
      : router_(router), plugins_(plugins) {}

  struct Current {
    std::vector<std::string> basis;  ///< What it was made of that may change.
    std::string document;
    EntityTag tag;
    std::string page;  ///< Made when it is first asked for.
  };
  const std::string& page() {
    current();
    if (current_->page.empty()) current_->page = plain_page(current_->document);
    return current_->page;
  }
  const Current& current() {
    std::vector<std::string> basis = plugins_.plugins_with_routes();
    basis.push_back(plugins_.metrics_plugin());
    basis.push_back(plugins_.metrics_are_public() ? "public" : "");
    if (!current_ || current_->basis != basis) {
      std::string document = describe();
      const EntityTag tag(0, 0, document);
      current_ = Current{std::move(basis), std::move(document), tag, ""};
    }
    return *current_;
  }

 private:
  std::string describe() const {
    std::vector<const Route*> routes;
    router_.for_each([&routes](const Route& route) { routes.push_back(&route); });
    const std::vector<Route> foreign = plugin_operations(plugins_);
    for (const Route& route : foreign) routes.push_back(&route);
    return openapi_document(routes, VECHE_VERSION);
  }

  const Router& router_;
  const plugin::Host& plugins_;
  std::optional<Current> current_;
};

Response script(const std::string& text, const Request& request) {
  if (text.empty()) return problem(404, "This server has no viewer: see http.api_page.");
  Response response = conditional_response(request, EntityTag(0, 0, text), text);
  if (response.status == 200) response.content_type = "text/javascript; charset=utf-8";
  return response.header("Cache-Control", "no-cache");
}

}  // namespace

std::string read_viewer(const std::string& path) {
  if (path.empty()) return "";
  char* data = nullptr;
  gsize size = 0;
  GError* error = nullptr;
  if (!g_file_get_contents(path.c_str(), &data, &size, &error)) {
    const glib::ErrorPtr owner(error);
    log::info("http", std::string("GET /docs is a plain page: ") + error->message);
    return "";
  }
  const glib::StringPtr owner(data);
  return {data, size};
}

void add_document_routes(Router& router, Api& api) {
  const auto add = [&](const char* pattern, std::function<Response(const Request&)> respond,
                       Operation operation) {
    operation.tag = "Server";
    router.add({.method = "GET",
                .pattern = pattern,
                .access = Access::Anybody,
                .body = BodyKind::Nothing,
                .handler = at_once(std::move(respond)),
                .operation = std::move(operation)});
  };
  // Shared by the handlers, which are copied.
  const auto description = std::make_shared<Description>(router, api.plugins);
  add(kDocumentPath,
      [description](const Request& request) {
        const Description::Current& current = description->current();
        return conditional_response(request, current.tag, current.document)
            .header("Cache-Control", "no-cache");
      },
      {.id = "getOpenApi",
       .summary = "Reads this document",
       .outcomes = {{200, "An OpenAPI 3.1 document.", R"({"type": "object",
                         "additionalProperties": true})"}},
       .is_tagged = true});
  add("/docs",
      [&api, description](const Request&) {
        if (api.viewer_script.empty()) return plain_response(description->page());
        return viewer_response(viewer_page(kScriptPath, kDocumentPath));
      },
      {.id = "getDocs",
       .summary = "Shows this document as a page",
       .outcomes = {{200, "A page.", "", "text/html"}}});
  add(kScriptPath, [&api](const Request& request) { return script(api.viewer_script, request); },
      {.id = "getDocsScript",
       .summary = "Reads the script of that page, where there is one",
       .outcomes = {{200, "RapiDoc.", "", "text/javascript"}},
       .problems = {404},
       .is_tagged = true});
}

}  // namespace veche::http
