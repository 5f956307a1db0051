/* SPDX-License-Identifier: Apache-2.0 */
/* Extension "veche.http-routes/1": serves requests below /v1/plugins/<name>/, with a host service
 * that sends the answers. */
#ifndef VECHE_HTTP_ROUTES_H
#define VECHE_HTTP_ROUTES_H

#include "plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VECHE_EXT_HTTP_ROUTES "veche.http-routes/1"
#define VECHE_HOST_HTTP "veche.http/1"

/* The scope of the key that a route requires. A key with the scope "admin" reaches every route. The
 * host refuses a plugin with any other value. */
#define VECHE_ACCESS_READ 1u    /* scope "read" or "rooms" */
#define VECHE_ACCESS_ROOMS 2u   /* scope "rooms" */
#define VECHE_ACCESS_ADMIN 3u   /* scope "admin" */
#define VECHE_ACCESS_METRICS 4u /* scope "metrics" */
#define VECHE_ACCESS_ANYBODY 5u /* no key: for answers that reveal nothing, such as a page */
/* For clients: scope "read" or "rooms", or a join token of the room that the pattern names: its
 * {room}. */
#define VECHE_ACCESS_ROOM 6u
/* Scope "rooms", or the join token of the participant that the pattern names: its {room} and its
 * {participant}. */
#define VECHE_ACCESS_PARTICIPANT 7u

/* One request. The host owns the memory, which is valid until handle() returns. */
typedef struct veche_http_request {
  uint32_t struct_size;
  uint32_t param_count;
  uint64_t id;        /* for veche_http; never 0 and never reused */
  const char* method; /* of the route */
  const char* path;   /* after /v1/plugins/<name>, percent-encoded: "/rooms/lobby/stage" */
  /* param_count names that the braces of the pattern matched, in their order: each is
   * [A-Za-z0-9_.~-]{1,64}, neither "." nor "..". */
  const char* const* params;
  const char* query;  /* as sent, without the "?"; "" if there is none */
  const char* key_id; /* of the API key that was used, or that signed the join token */
  /* JSON that fits body_schema, with defaults filled in, terminated by 0; "" without a schema. */
  const char* body;
  uint64_t body_size;      /* in bytes, without the final 0 */
  const char* accept;      /* the header Accept as sent; "" if there is none */
  const char* participant; /* whose join token was used; "": the caller has a key, or nothing */
} veche_http_request;

/* One route. The host authenticates the client, limits the body to 64 KiB, checks it against the
 * schema (an empty body counts as {}), and answers 504 if the plugin has not answered within 5 s. A
 * GET route also serves HEAD. If several patterns match a path, the first in the table wins. */
typedef struct veche_http_route {
  uint32_t struct_size;
  uint32_t access;     /* VECHE_ACCESS_* */
  const char* method;  /* "GET", "POST", "PUT", "PATCH" or "DELETE" */
  const char* pattern; /* "/rooms/{room}/stage": a part in braces ([a-z_]+) matches one name */
  const char* summary; /* one sentence for the list of routes */
  const char*
      body_schema; /* JSON Schema, like config_schema; null: the route takes no body (GET) */
  /* [control] Handles a request, which the plugin answers once with veche_http: now or later, from
   * any thread. */
  void (*handle)(veche_plugin* self, const veche_http_request* request);
  /* The rest is for GET /v1/openapi.json alone: the host checks neither queries nor answers. */
  /* JSON Schema of an object, like body_schema, whose properties are the parameters of the query;
   * null: there are none. */
  const char* query_schema;
  /* What the plugin answers: a JSON object with a member for each status ("200"), an object with
   * "description" (a sentence); for an answer in JSON "schema", a JSON Schema (2020-12) without
   * references, whose objects have no members that it does not name; for any other body
   * "content_types", a list. From 400 on it is a problem.
   * Answers of the host itself need no mention. null: the document says nothing of them. */
  const char* responses;
} veche_http_route;

/* routes and everything that they point to are constants. The host refuses a plugin that has a
 * route twice. */
typedef struct veche_http_routes {
  uint32_t struct_size;
  uint32_t route_count; /* 1 to 64 */
  const veche_http_route* const* routes;
} veche_http_routes;

/* The host service that sends answers. Each request is answered once: VECHE_E_GONE if it has been
 * answered already, by 504 too, or if the client has gone (a client that closes its sending side
 * counts as gone). A plugin has at most 256 open requests; before stop() the host answers them with
 * 503. All arguments are copied. */
typedef struct veche_http {
  uint32_t struct_size;
  uint32_t reserved;
  /* [any but lane] Answers with a body. status: 200 to 299, or 400 to 599. body: size bytes, at
   * most 16 MiB, null allowed if size is 0; 204 and 205 have no body. content_type: null means
   * "application/json". VECHE_E_INVALID if an argument is wrong; the request then stays open. */
  veche_status (*reply)(const veche_host* host, uint64_t request, uint32_t status,
                        const char* content_type, const char* body, uint64_t size);
  /* [any but lane] Answers with a problem document (RFC 9457). status: 400 to 599. type: lower case
   * with dashes, stable, for programs. detail: a sentence that says what is wrong and what to do.
   * VECHE_E_INVALID if an argument is wrong; the request then stays open. */
  veche_status (*reply_problem)(const veche_host* host, uint64_t request, uint32_t status,
                                const char* type, const char* detail);
  /* [any but lane] Answers with the regular file behind fd, from its first byte: with 200, or as
   * the request's Range, If-Range, If-Match, If-None-Match, If-Modified-Since and
   * If-Unmodified-Since demand. The host sends as many bytes as the file had at this call. After
   * VECHE_OK the host owns fd and closes it, even if the client leaves or the server stops; it
   * reads with pread, on its own threads, possibly after stop(). It sends at most 64 files at once,
   * and answers 503 to further requests. content_type: null means "application/octet-stream".
   * file_name: the name under which the client saves the file, [A-Za-z0-9_.~-]{1,128}, neither "."
   * nor ".."; null: the client may show it. VECHE_E_INVALID if an argument is wrong, or fd is no
   * readable regular file; the request then stays open, and the plugin still owns fd, as after
   * every failure. */
  veche_status (*reply_file)(const veche_host* host, uint64_t request, int32_t fd,
                             const char* content_type, const char* file_name);
} veche_http;

#ifdef __cplusplus
}
#endif
#endif
