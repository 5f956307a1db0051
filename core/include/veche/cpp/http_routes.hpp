// SPDX-License-Identifier: Apache-2.0
// The trait for extension veche.http-routes/1.
#pragma once

#include <array>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "../http_routes.h"
#include "instance.hpp"

namespace veche {

/// One request. Strings are borrowed until the handler returns.
struct Request {
  uint64_t id;  ///< For Host::reply().
  std::string_view method, path;
  std::span<const char* const> params;  ///< What the braces of the pattern matched.
  std::string_view query, key_id;
  std::string_view body;         ///< JSON that fits the route's schema; "" without a schema.
  std::string_view accept;       ///< The header Accept.
  std::string_view participant;  ///< Whose join token was used; "" with a key.
};

/// One route of the class P, whose handler is [control].
template <class P>
struct Route {
  const char* method;
  const char* pattern;
  uint32_t access;  ///< VECHE_ACCESS_*
  const char* summary;
  Reply (P::*handle)(const Request&);
  const char* body_schema = nullptr;
  const char* responses = nullptr;  ///< For the API's document, as in veche_http_route.
  const char* query_schema = nullptr;
};

/// `static constexpr veche::Route<P> kRoutes[] = {...}`, after the handlers. If a handler throws a
/// Failure of VECHE_E_INVALID, VECHE_E_GONE or VECHE_E_EXHAUSTED, the client gets a problem
/// document with its message. Any other exception is for the operator: it is logged and counted,
/// and the client learns only that the plugin failed.
struct HttpRoutes {
  static constexpr const char* kId = VECHE_EXT_HTTP_ROUTES;
  static constexpr const char* kNeeds = VECHE_HOST_HTTP;

  /// The problem document for a failure.
  static Reply to_problem(veche_status code, const char* why) {
    switch (code) {
      case VECHE_E_INVALID: return Reply::failed(400, "invalid-request", why);
      case VECHE_E_GONE: return Reply::failed(404, "not-found", why);
      case VECHE_E_EXHAUSTED: return Reply::failed(503, "exhausted", why);
      default: return Reply::failed(500, "plugin-failed", "The server's log says more.");
    }
  }

  template <class P>
  struct Traits {
    static constexpr size_t kCount = std::size(P::kRoutes);

    template <size_t kIndex>
    static void handle(veche_plugin* self, const veche_http_request* r) {
      auto& instance = detail::Instance<P>::of(self);
      Reply reply = Reply::later();
      detail::guarded(
          [&] {
            const Request request{r->id,
                                  r->method,
                                  r->path,
                                  {r->params, r->param_count},
                                  r->query,
                                  r->key_id,
                                  {r->body, r->body_size},
                                  r->accept,
                                  r->participant};
            reply = answer<kIndex>(instance.plugin, request);
          },
          [&](veche_status, const char* why) {
            instance.host.log_failure(P::kRoutes[kIndex].pattern, why);
            reply = to_problem(VECHE_E_INTERNAL, why);
          });
      if (reply.status == 0) return;
      const veche_status status = instance.host.reply(r->id, reply);
      if (status == VECHE_OK || status == VECHE_E_GONE) return;
      // Nobody else would answer.
      instance.host.log_failure(P::kRoutes[kIndex].pattern, "its answer cannot be sent");
      instance.host.reply(r->id, to_problem(VECHE_E_INTERNAL, ""));
    }
    // A Failure for which to_problem() has a status is an answer too.
    template <size_t kIndex>
    static Reply answer(P& plugin, const Request& request) {
      try {
        return (plugin.*P::kRoutes[kIndex].handle)(request);
      } catch (const Failure& failure) {
        Reply reply = to_problem(failure.code(), failure.what());
        if (reply.status == 500) throw;
        return reply;
      }
    }

    template <size_t... kIndex>
    static constexpr auto make_routes(std::index_sequence<kIndex...>) {
      return std::array<veche_http_route, kCount>{veche_http_route{
          sizeof(veche_http_route), P::kRoutes[kIndex].access, P::kRoutes[kIndex].method,
          P::kRoutes[kIndex].pattern, P::kRoutes[kIndex].summary, P::kRoutes[kIndex].body_schema,
          handle<kIndex>, P::kRoutes[kIndex].query_schema, P::kRoutes[kIndex].responses}...};
    }
    static constexpr auto kAll = make_routes(std::make_index_sequence<kCount>());

    template <size_t... kIndex>
    static constexpr auto make_list(std::index_sequence<kIndex...>) {
      return std::array<const veche_http_route*, kCount>{&kAll[kIndex]...};
    }
    static constexpr auto kList = make_list(std::make_index_sequence<kCount>());
    static constexpr veche_http_routes kTable = {sizeof(veche_http_routes), kCount, kList.data()};
  };
};

}  // namespace veche
