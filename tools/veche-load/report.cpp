// SPDX-License-Identifier: Apache-2.0
// Writes results as a table and as JSON.
#include "report.hpp"

#include <cstdarg>
#include <cstdio>

#include "glib/json.hpp"
#include "verdict.hpp"

namespace veche::load {
namespace {

using glib::JsonWriter;

[[gnu::format(printf, 2, 3)]] void line(std::string& text, const char* format, ...) {
  char buffer[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  text += buffer;
  text += '\n';
}

void distribution_line(std::string& text, const char* name, const Distribution& d) {
  line(text, "%-26s p50 %8.2f   p95 %8.2f   p99 %8.2f   max %8.2f ms", name, d.p50, d.p95, d.p99,
       d.max);
}

void process_line(std::string& text, const char* name, const ProcessStats& stats) {
  line(text, "  %-24s %6.1f MB, %u threads, %u descriptors", name,
       static_cast<double>(stats.rss_kb) / 1024, stats.threads, stats.descriptors);
}

void bare_lines(std::string& text, const BareLoop& bare, const std::optional<ServerUse>& server) {
  line(text,
       "bare loop                  %.1f us: seal and sendto (seal alone %.1f, with libsrtp2 %.1f)",
       bare.loop_us, bare.seal_us, bare.protect_us);
  line(text,
       "bare fan-out               %.1f us: to each listener, by sendmmsg at the talkers' pace",
       bare.fan_out_us);
  if (!server || bare.fan_out_us <= 0) return;
  line(text, "server / bare              %.1f times the loop, %.1f times the fan-out",
       server->cpu_us_per_packet / bare.loop_us, server->cpu_us_per_packet / bare.fan_out_us);
}

const char* feedback_name(const Options& options) {
  if (options.through_elements) return "webrtcbin";
  switch (options.feedback) {
    case Feedback::None: return "none";
    case Feedback::Reports: return "reports";
    case Feedback::Full: return "full";
  }
  return "";
}

const char* readers_name(const Options& options) {
  if (options.through_elements) return "webrtcbin";
  return options.readers == Readers::Woken ? "woken" : "polling";
}

unsigned long long wide(uint64_t value) { return value; }

JsonWriter& counter(JsonWriter& json, const char* name, uint64_t value) {
  return json.key(name).integer(static_cast<int64_t>(value));
}

void distribution_field(JsonWriter& json, const char* name, const Distribution& d) {
  json.key(name).begin_object();
  counter(json, "count", d.count);
  json.key("p50").number(d.p50).key("p95").number(d.p95).key("p99").number(d.p99).key("max").number(
      d.max);
  if (d.mean != 0) json.key("mean").number(d.mean);
  json.end_object();
}

void process_field(JsonWriter& json, const char* name, const ProcessStats& stats) {
  json.key(name).begin_object();
  counter(json, "rss_kb", stats.rss_kb);
  counter(json, "threads", stats.threads);
  counter(json, "descriptors", stats.descriptors);
  json.end_object();
}

void packet_fields(JsonWriter& json, const Packets& p) {
  json.key("packets").begin_object();
  counter(json, "sent", p.sent);
  counter(json, "send_failures", p.send_failures);
  counter(json, "received", p.received);
  counter(json, "expected", p.expected);
  counter(json, "lost", p.lost);
  counter(json, "duplicates", p.duplicates);
  counter(json, "foreign", p.foreign);
  counter(json, "not_rtp", p.not_rtp);
  counter(json, "own", p.own);
  counter(json, "of_other_rooms", p.strange);
  counter(json, "source_errors", p.source_errors);
  counter(json, "slot_switches", p.slot_switches);
  json.end_object();
}

void server_fields(JsonWriter& json, const ServerUse& server) {
  json.key("server").begin_object();
  json.key("cpu_us_per_packet").number(server.cpu_us_per_packet).key("cores").number(server.cores);
  json.key("cpu_ms_per_join").number(server.cpu_ms_per_join);
  process_field(json, "before", server.before);
  process_field(json, "peak", server.peak);
  process_field(json, "after", server.after);
  json.end_object();
}

void bare_fields(JsonWriter& json, const BareLoop& bare) {
  json.key("bare_loop").begin_object();
  json.key("seal_us").number(bare.seal_us).key("protect_us").number(bare.protect_us);
  json.key("loop_us").number(bare.loop_us).key("fan_out_us").number(bare.fan_out_us);
  json.end_object();
}

std::string server_cpu_of_joins(const Results& r) {
  if (!r.server) return "";
  char text[64];
  snprintf(text, sizeof text, "; server %.1f ms CPU each", r.server->cpu_ms_per_join);
  return text;
}

}  // namespace

std::string to_table(const Options& options, const Results& r) {
  std::string text;
  line(text, "joins                      %u of %u, %u left early, %u removed, %u failed",
       r.joins.joined, r.joins.attempted, r.joins.left_early, r.joins.removed, r.joins.failed);
  if (!r.joins.first_failure.empty())
    line(text, "  first failure            %s", r.joins.first_failure.c_str());
  distribution_line(text, "join time", r.joins.time_ms);
  line(text, "  all of them              %.0f ms from the first offer to the last connection%s",
       r.joins.span_ms, server_cpu_of_joins(r).c_str());
  line(text,
       "packets                    sent %llu (%llu failures), received %llu of %llu, lost %llu",
       wide(r.packets.sent), wide(r.packets.send_failures), wide(r.packets.received),
       wide(r.packets.expected), wide(r.packets.lost));
  line(text,
       "  odd                      %llu duplicates, %llu foreign, %llu not RTP, %llu own, %llu of "
       "other rooms, %llu wrong source",
       wide(r.packets.duplicates), wide(r.packets.foreign), wide(r.packets.not_rtp),
       wide(r.packets.own), wide(r.packets.strange), wide(r.packets.source_errors));
  line(text,
       "clients                    readers %s, feedback %s: %llu reports, %llu NACKs, %llu "
       "transport-cc",
       readers_name(options), feedback_name(options), wide(r.told.reports), wide(r.told.nacks),
       wide(r.told.transport_cc));
  distribution_line(text, "one-way latency", r.latency_ms);
  line(text,
       "turns heard                %llu of %llu, %llu cut short, %llu frames missing within, %llu "
       "slot switches",
       wide(r.hearing.expected - r.hearing.unheard), wide(r.hearing.expected),
       wide(r.hearing.cut_short), wide(r.hearing.missing_frames), wide(r.packets.slot_switches));
  distribution_line(text, "first word heard after", r.hearing.onset_ms);
  distribution_line(text, "cut off at the start", r.hearing.cut_ms);
  distribution_line(text, "generator late by", r.lateness_ms);
  line(text, "generator                  %.2f cores over %.1f s", r.generator_cores, r.measured_s);
  if (r.server) {
    line(text, "server                     %.1f us CPU per forwarded packet, %.2f cores",
         r.server->cpu_us_per_packet, r.server->cores);
    process_line(text, "before", r.server->before);
    process_line(text, "peak", r.server->peak);
    process_line(text, "after", r.server->after);
  }
  if (r.bare_loop) bare_lines(text, *r.bare_loop, r.server);
  return text;
}

std::string to_json(const Options& options, const Results& r) {
  JsonWriter json;
  json.begin_object();
  counter(json, "participants", options.participants);
  counter(json, "rooms", options.rooms);
  counter(json, "talkers", options.talkers);
  counter(json, "slots", options.slots);
  json.key("readers").string(readers_name(options));
  json.key("feedback").begin_object();
  json.key("kind").string(feedback_name(options));
  counter(json, "reports", r.told.reports);
  counter(json, "nacks", r.told.nacks);
  counter(json, "transport_cc", r.told.transport_cc);
  json.end_object();
  json.key("joins").begin_object();
  counter(json, "attempted", r.joins.attempted);
  counter(json, "joined", r.joins.joined);
  counter(json, "left_early", r.joins.left_early);
  counter(json, "removed", r.joins.removed);
  counter(json, "failed", r.joins.failed);
  json.key("first_failure").string(r.joins.first_failure);
  distribution_field(json, "time_ms", r.joins.time_ms);
  json.key("span_ms").number(r.joins.span_ms);
  json.end_object();
  packet_fields(json, r.packets);
  distribution_field(json, "latency_ms", r.latency_ms);
  json.key("turns").begin_object();
  counter(json, "expected", r.hearing.expected);
  counter(json, "unheard", r.hearing.unheard);
  counter(json, "cut_short", r.hearing.cut_short);
  counter(json, "missing_frames", r.hearing.missing_frames);
  distribution_field(json, "onset_ms", r.hearing.onset_ms);
  distribution_field(json, "cut_ms", r.hearing.cut_ms);
  json.end_object();
  json.key("generator").begin_object();
  json.key("measured_s").number(r.measured_s).key("cores").number(r.generator_cores);
  distribution_field(json, "lateness_ms", r.lateness_ms);
  counter(json, "socket_drops", r.packets.socket_drops);
  json.end_object();
  if (r.server) server_fields(json, *r.server);
  if (r.bare_loop) bare_fields(json, *r.bare_loop);
  const Verdict verdict = judge(options, r);
  json.key("generator_late").boolean(verdict.generator_late);
  json.key("shortcomings").begin_array();
  for (const std::string& shortcoming : verdict.shortcomings) json.string(shortcoming);
  json.end_array().end_object();
  return json.text();
}

}  // namespace veche::load
