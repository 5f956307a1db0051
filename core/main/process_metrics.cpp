// SPDX-License-Identifier: Apache-2.0
// The resources that this process uses, and its build, as metrics.
#include "main/process_metrics.hpp"

#include <gst/gst.h>
#include <unistd.h>

#include <string>

#include "base/log.hpp"
#include "main/system_use.hpp"

namespace veche::main {

void put_process_metrics(MetricSink& sink) {
  const ProcessUse use = read_process_use();
  // The names that every Prometheus client has for these.
  sink.counter("process_cpu_seconds_total", "CPU time of the process", use.cpu_ticks, {},
               1.0 / static_cast<double>(sysconf(_SC_CLK_TCK)));
  sink.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM",
             use.resident_pages * sysconf(_SC_PAGESIZE));
  sink.gauge("process_virtual_memory_bytes", "Address space of the process", use.virtual_bytes);
  sink.gauge("process_threads", "Threads of the process", use.threads);
  sink.gauge("process_open_fds", "Open file descriptors of the process", open_descriptors());
  sink.gauge("process_max_fds", "Open file descriptors that the process may have",
             max_descriptors());
  sink.gauge("process_start_time_seconds", "When the process started, since 1970",
             process_start_unix_ms(), {}, 1e-3);
  sink.counter("veche_log_lines_dropped_total",
               "Lines of the log that were dropped because what reads it was too slow",
               log::dropped_lines());
  static const std::string gstreamer = std::to_string(GST_VERSION_MAJOR) + "." +
                                       std::to_string(GST_VERSION_MINOR) + "." +
                                       std::to_string(GST_VERSION_MICRO);
  sink.gauge("veche_build_info", "1; the labels describe the build", 1,
             {{"version", VECHE_VERSION}, {"gstreamer", gstreamer}});
}

}  // namespace veche::main
