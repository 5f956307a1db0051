// SPDX-License-Identifier: Apache-2.0
// Trampolines from the C tables of veche/host.h to the instance's Services. They refuse null
// arguments.
#include "plugin/service_tables.hpp"

#include <veche/host.h>
#include <veche/track_tap.h>

#include "plugin/host_services.hpp"
#include "plugin/http_service.hpp"
#include "plugin/services.hpp"
#include "plugin/track_tap_adapter.hpp"
#include "plugin/values.hpp"

namespace veche::plugin {
namespace {

void log_write(const veche_host* host, uint32_t level, const char* message) {
  const Services* services = Services::of(host);
  if (services && message) services->write(level, message);
}

void log_fail(const veche_host* host, const char* what, const char* why) {
  const Services* services = Services::of(host);
  if (services && what && why) services->fail(what, why);
}

/// The value of the configuration at `pointer`, or null.
JsonNode* find_value(const veche_host* host, const char* pointer, const char* function) {
  const Services* services = Services::of(host);
  if (!services || !pointer || !services->expect_control(function)) return nullptr;
  return services->config().find(pointer);
}

veche_status get_integer(const veche_host* host, const char* pointer, int64_t* value) {
  return read_integer(find_value(host, pointer, "veche_config.get_integer"), value);
}

veche_status get_number(const veche_host* host, const char* pointer, double* value) {
  return read_number(find_value(host, pointer, "veche_config.get_number"), value);
}

veche_status get_boolean(const veche_host* host, const char* pointer, int32_t* value) {
  return read_boolean(find_value(host, pointer, "veche_config.get_boolean"), value);
}

veche_status get_string(const veche_host* host, const char* pointer, const char** value) {
  return read_string(find_value(host, pointer, "veche_config.get_string"), value);
}

const char* get_json(const veche_host* host) {
  const Services* services = Services::of(host);
  return services ? services->config().json().c_str() : nullptr;
}

veche_status post(const veche_host* host, veche_callback callback, veche_callback drop,
                  void* data) {
  Services* services = Services::of(host);
  return services ? services->post(callback, drop, data) : VECHE_E_INVALID;
}

veche_status after_lanes(const veche_host* host, veche_callback callback, void* data) {
  Services* services = Services::of(host);
  return services ? services->after_lanes(callback, data) : VECHE_E_INVALID;
}

uint64_t add_timer(const veche_host* host, uint32_t interval_ms, veche_callback callback,
                   void* data) {
  Services* services = Services::of(host);
  return services ? services->add_timer(interval_ms, callback, data) : 0;
}

veche_status cancel_timer(const veche_host* host, uint64_t timer) {
  Services* services = Services::of(host);
  return services ? services->cancel_timer(timer) : VECHE_E_INVALID;
}

veche_status open_tap(const veche_host* host, uint64_t track) {
  const Services* services = Services::of(host);
  if (!services || !services->expect_control("veche_taps.open")) return VECHE_E_INVALID;
  return services->taps() ? services->taps()->open_track(track) : VECHE_E_GONE;
}

veche_status close_tap(const veche_host* host, uint64_t track) {
  const Services* services = Services::of(host);
  if (!services || !services->expect_control("veche_taps.close")) return VECHE_E_INVALID;
  return services->taps() ? services->taps()->close_track(track) : VECHE_E_GONE;
}

constexpr veche_log kLog = {.struct_size = sizeof(veche_log), .write = log_write, .fail = log_fail};

constexpr veche_config kConfig = {.struct_size = sizeof(veche_config),
                                  .get_integer = get_integer,
                                  .get_number = get_number,
                                  .get_boolean = get_boolean,
                                  .get_string = get_string,
                                  .get_json = get_json};

constexpr veche_loop kLoop = {.struct_size = sizeof(veche_loop),
                              .post = post,
                              .add_timer = add_timer,
                              .cancel_timer = cancel_timer,
                              .after_lanes = after_lanes};

constexpr veche_taps kTaps = {
    .struct_size = sizeof(veche_taps), .open = open_tap, .close = close_tap};

}  // namespace

const void* find_service_table(std::string_view id) {
  if (id == VECHE_HOST_LOG) return &kLog;
  if (id == VECHE_HOST_CONFIG) return &kConfig;
  if (id == VECHE_HOST_LOOP) return &kLoop;
  if (id == VECHE_HOST_ROOMS) return &kRoomsService;
  if (id == VECHE_HOST_METRICS) return &kMetricsService;
  if (id == VECHE_HOST_HTTP) return http_service();
  if (id == VECHE_HOST_TAPS) return &kTaps;
  return nullptr;
}

}  // namespace veche::plugin
