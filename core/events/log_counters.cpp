// SPDX-License-Identifier: Apache-2.0
// Names and explanations of the metrics: see docs/metrics.md.
#include "events/log_counters.hpp"

namespace veche::events {

void LogCounters::put_metrics(MetricSink& sink, const Backlog& backlog,
                              const Store::Summary& summary) const {
  sink.counter("veche_events_written_total", "Events that were committed.", written);
  sink.gauge("veche_events_waiting", "Events that are not committed yet.",
             static_cast<int64_t>(backlog.waiting()));
  sink.counter("veche_events_dropped_total",
               "Events that were dropped because too many waited for the disk.", backlog.dropped());
  sink.counter("veche_events_values_dropped_total",
               "Values of the server that were dropped because too many waited for the disk.",
               backlog.dropped_values());
  sink.counter("veche_events_write_errors_total", "Batches that could not be written.", errors);
  sink.gauge("veche_events_oldest_id", "Id of the oldest event that is kept.",
             static_cast<int64_t>(summary.oldest));
  sink.gauge("veche_events_newest_id", "Id of the newest event.",
             static_cast<int64_t>(summary.newest));
  sink.gauge("veche_events_database_bytes", "Size of the event log's database.", summary.bytes);
  sink.histogram("veche_events_write_seconds", "Time that one batch took to be committed.",
                 write_ns.read(), MetricSink::kNs);
}

}  // namespace veche::events
