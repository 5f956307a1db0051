/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.http-routes/1": requests below /v1/plugins/<name>/, and the service that answers
 * them. */
#ifndef VECHE_HTTP_ROUTES_H
#define VECHE_HTTP_ROUTES_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_HTTP_ROUTES "veche.http-routes/1"
#define VECHE_HOST_HTTP "veche.http/1"

/* Whose key is needed. A key with the scope "admin" reaches everything. Other values are refused
 * when the plugin is loaded. */
#define VECHE_ACCESS_READ 1u    /* scopes "read" and "rooms" */
#define VECHE_ACCESS_ROOMS 2u   /* scope "rooms" */
#define VECHE_ACCESS_ADMIN 3u   /* scope "admin" */
#define VECHE_ACCESS_METRICS 4u /* scope "metrics" */
#define VECHE_ACCESS_ANYBODY 5u /* no key: what tells nothing, such as a page */

/* One request. The memory is the host's and valid until handle() returns. */
typedef struct veche_http_request {
  uint32_t struct_size;
  uint32_t param_count;
  uint64_t id;               /* for veche_http; never 0 and never used again */
  const char* method;        /* of the route */
  const char* path;          /* behind /v1/plugins/<name>, percent-encoded: "/rooms/lobby/stage" */
  const char* const* params; /* what the braces of the pattern matched, in their order: names of
                                [A-Za-z0-9_.~-]{1,64}, neither "." nor ".." */
  const char* query;         /* as it was sent, without the "?"; "" */
  const char* key_id;        /* of the API key that was used */
  const char* body;          /* valid JSON that fits body_schema, with its defaults filled in,
                                terminated by 0; "" without a schema */
  uint64_t body_size;
  const char* accept; /* the header Accept, as it was sent; "" */
} veche_http_request;

/* One route. The host authenticates, limits the size of the body (64 KiB), checks it against the
 * schema (an empty body counts as {}), and answers with 504 what is not answered within 5 s. A GET
 * route answers HEAD too. Where several patterns fit a path, the first in the table is taken. */
typedef struct veche_http_route {
  uint32_t struct_size;
  uint32_t access;         /* VECHE_ACCESS_* */
  const char* method;      /* "GET", "POST", "PUT", "PATCH" or "DELETE" */
  const char* pattern;     /* "/rooms/{room}/stage": a part in braces ([a-z_]+) matches one name */
  const char* summary;     /* one sentence for the list of routes */
  const char* body_schema; /* JSON Schema of the body, as config_schema; null: it takes none. A GET
                              has none */
  /* [control] Answers with veche_http, now or later, from any thread, once. */
  void (*handle)(veche_plugin* self, const veche_http_request* request);
} veche_http_route;

/* routes and all they point to are constants. A route that is there twice refuses the plugin. */
typedef struct veche_http_routes {
  uint32_t struct_size;
  uint32_t route_count; /* 1 to 64 */
  const veche_http_route* const* routes;
} veche_http_routes;

/* The host service. Each request is answered once: VECHE_E_GONE if that has happened, also by 504,
 * or if the client has gone (one that closes its sending side counts as gone). At most 256 requests
 * are open; stop() is called when the host has answered them with 503. Everything is copied. */
typedef struct veche_http {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any but lane] status: 200 to 299, or 400 to 599. body: at most 16 MiB; may be null if size is
   * 0, as it has to be with 204 and 205. content_type: null for "application/json".
   * VECHE_E_INVALID if an argument is wrong: the request is then still open. */
  veche_status (*reply)(const veche_host* host, uint64_t request, uint32_t status,
                        const char* content_type, const char* body, uint64_t size);
  /* [any but lane] A problem document (RFC 9457) with this status, 400 to 599. type: lower case
   * with dashes, stable, for programs; detail: a sentence that says what was wrong and what to do.
   */
  veche_status (*reply_problem)(const veche_host* host, uint64_t request, uint32_t status,
                                const char* type, const char* detail);
  /* [any but lane] Answers with the regular file behind fd, from its first byte: 200, or what the
   * request's Range, If-Range, If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since
   * make of it. It is sent as long as it was when this was called. The host owns fd from VECHE_OK
   * on and closes it, also when the client goes or the server stops; it reads with pread, on its
   * own threads, and after stop() too. At most 64 files are sent at once, others get 503.
   * content_type: null for "application/octet-stream". file_name: under which the client saves it,
   * [A-Za-z0-9_.~-]{1,128}, neither "." nor ".."; null: it may show it. VECHE_E_INVALID if an
   * argument is wrong, or fd is no regular file that can be read: the request is then still open,
   * and fd the plugin's, as after every failure. */
  veche_status (*reply_file)(const veche_host* host, uint64_t request, int32_t fd,
                             const char* content_type, const char* file_name);
} veche_http;

#ifdef __cplusplus
}
#endif
#endif
