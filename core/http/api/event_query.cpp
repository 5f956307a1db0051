// SPDX-License-Identifier: Apache-2.0
// The parameters of GET /v1/events.
#include "http/api/event_query.hpp"

#include <charconv>

#include "base/ids.hpp"
#include "glib/shown.hpp"
#include "http/protocol/server_sent_events.hpp"

namespace veche::http {
namespace {

constexpr uint64_t kMaxWaitS = 30;

/// `fallback` where the query does not have it.
Result<uint64_t> read_number(const Request& request, const char* name, uint64_t least,
                             uint64_t most, uint64_t fallback) {
  const std::string text = request.query_value(name);
  if (text.empty()) return fallback;
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc() && parsed.ptr == end && value >= least && value <= most) {
    return value;
  }
  return invalid(std::string(name) + " has to be a whole number from " + std::to_string(least) +
                 " to " + std::to_string(most) + ".");
}

/// Empty where the query does not have it.
Result<std::string> read_name(const Request& request, const char* parameter) {
  std::string name = request.query_value(parameter);
  if (name.empty() || is_valid_name(name)) return name;
  return invalid(std::string(parameter) +
                 " has to be 1 to 64 characters from A-Z a-z 0-9 _ . ~ -.");
}

Result<std::optional<uint64_t>> read_after(const Request& request, bool for_stream) {
  const bool reconnects = for_stream && !request.last_event_id.empty();
  const std::string text = reconnects ? request.last_event_id : request.query_value("after");
  if (text.empty()) return std::optional<uint64_t>();
  const Result<uint64_t> id = parse_event_id(reconnects ? "Last-Event-ID" : "after", text);
  if (!id) return id.error();
  return std::optional<uint64_t>(*id);
}

Result<events::Filter> read_filter(const Request& request) {
  Result<std::string> room = read_name(request, "room");
  if (!room) return room.error();
  Result<std::string> participant = read_name(request, "participant");
  if (!participant) return participant.error();
  Result<std::vector<std::string>> types = events::parse_types(request.query_value("types"));
  if (!types) return types.error();
  return events::Filter{*std::move(room), *std::move(participant), *std::move(types)};
}

}  // namespace

Result<EventQuery> read_event_query(const Request& request, bool for_stream) {
  EventQuery query;
  const Result<std::optional<uint64_t>> after = read_after(request, for_stream);
  if (!after) return after.error();
  query.after = *after;
  const Result<uint64_t> limit =
      read_number(request, "limit", 1, events::Page::kMaxEvents, query.limit);
  if (!limit) return limit.error();
  query.limit = *limit;
  const Result<uint64_t> wait_s = read_number(request, "wait_s", 0, kMaxWaitS, 0);
  if (!wait_s) return wait_s.error();
  query.wait_s = static_cast<uint32_t>(*wait_s);
  Result<events::Filter> filter = read_filter(request);
  if (!filter) return filter.error();
  query.filter = *std::move(filter);
  return query;
}

const char kEventQuery[] = R"({"properties": {
    "after": {"type": "integer", "minimum": 0,
        "description": "The id of the last event that the caller has; 0: from the beginning. Without it a page begins with the oldest event, a stream now."},
    "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100,
        "description": "Of a page: at most this many."},
    "wait_s": {"type": "integer", "minimum": 0, "maximum": 30, "default": 0,
        "description": "Of a page: how long one without events waits for the next."},
    "room": {"type": "string", "description": "Only its events."},
    "participant": {"type": "string", "description": "Only its events."},
    "types": {"type": "string", "examples": ["participant.joined,track.*"],
        "description": "Up to 32 types, or prefixes of some, with commas between. Without it: all but speaker.changed."}}})";

namespace {

const glib::Fields<events::Page>& page_fields() {
  using glib::shown;
  using P = events::Page;
  static const glib::Fields<P> fields{
      {"events", R"({"type": "array", "items": )" + events::event_schema() + "}", nullptr,
       [](glib::JsonWriter& json, const P& from) {
         json.begin_array();
         for (const events::Event& event : from.events) json.verbatim(events::envelope(event));
         json.end_array();
       }},
      shown<P>("next_after", "Where the next page begins.", &P::next_after),
      shown<P>("oldest", "The first event that the log still has.", &P::oldest),
      shown<P>("newest", "The last event that it ever had.", &P::newest),
      shown<P>("reset", "Are events missing before the first?", &P::is_reset),
  };
  return fields;
}

}  // namespace

std::string page_json(const events::Page& page) { return glib::object_text(page_fields(), page); }

std::string event_page_schema() {
  return glib::shown_schema(R"(, "title": "EventPage")", page_fields());
}

}  // namespace veche::http
