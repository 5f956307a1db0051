// SPDX-License-Identifier: Apache-2.0
// What a plugin asks of the server. Without the service that it needs, a function returns
// VECHE_E_UNSUPPORTED, or does nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../host.h"
#include "../http_routes.h"
#include "../track_tap.h"
#include "failure.hpp"
#include "http_reply.hpp"
#include "room_calls.hpp"
#include "tasks.hpp"

namespace veche {

/// A number that operators see. [any, lanes too] A metric that the server refused counts nothing.
class Metric {
 public:
  Metric() = default;
  Metric(const veche_metrics* table, veche_metric* metric) : table_(table), metric_(metric) {}
  void add(int64_t amount = 1) const noexcept {
    if (metric_ != nullptr) table_->add(metric_, amount);
  }
  void set(int64_t value) const noexcept {
    if (metric_ != nullptr) table_->set(metric_, value);
  }

 private:
  const veche_metrics* table_ = nullptr;
  veche_metric* metric_ = nullptr;
};

template <class T>
class Shared;

/// The server as one plugin instance sees it. All copies refer to the same server, and are valid as
/// long as the instance. [control], unless a function says otherwise.
class Host : public RoomCalls {
 public:
  explicit Host(const veche_host* host)
      : RoomCalls(host, find<veche_rooms>(host, VECHE_HOST_ROOMS)),
        host_(host),
        log_(service<veche_log>(VECHE_HOST_LOG)),
        config_(service<veche_config>(VECHE_HOST_CONFIG)),
        metrics_(service<veche_metrics>(VECHE_HOST_METRICS)),
        http_(service<veche_http>(VECHE_HOST_HTTP)),
        taps_(service<veche_taps>(VECHE_HOST_TAPS)),
        tasks_(std::make_shared<detail::Tasks>(host, service<veche_loop>(VECHE_HOST_LOOP), log_)) {}

  /// The C table of a service, or null.
  template <class Table>
  const Table* service(const char* id) const {
    return find<Table>(host_, id);
  }
  const veche_host* c_host() const { return host_; }

  /// [any but lane] Each writes one line.
  void error(const std::string& line) const { write(VECHE_LOG_ERROR, line); }
  void warning(const std::string& line) const { write(VECHE_LOG_WARNING, line); }
  void info(const std::string& line) const { write(VECHE_LOG_INFO, line); }
  void debug(const std::string& line) const { write(VECHE_LOG_DEBUG, line); }

  /// A value of the configuration by JSON pointer: int64_t, double, bool or std::string. Throws a
  /// Failure if there is none, so give it a default in the schema.
  template <class T>
  T config(const std::string& pointer) const {
    T value{};
    if (read_config(pointer, value)) return value;
    throw Failure(VECHE_E_INVALID, "the configuration has no such value at " + pointer);
  }
  /// An array of such values; empty if there is no such array.
  template <class T>
  std::vector<T> config_list(const std::string& pointer) const {
    std::vector<T> list;
    T value{};
    while (read_config(pointer + "/" + std::to_string(list.size()), value)) list.push_back(value);
    return list;
  }
  std::string config_json() const { return config_ != nullptr ? config_->get_json(host_) : "{}"; }

  /// [any but lane] Runs work on control, soon, and never after stop().
  veche_status post(std::function<void()> work) const { return tasks_->post(std::move(work)); }
  /// Runs work every interval_ms (>= 10) until cancel() or stop(). 0 on failure.
  uint64_t every(uint32_t interval_ms, std::function<void()> work) const {
    return tasks_->every(interval_ms, std::move(work));
  }
  veche_status cancel(uint64_t timer) const { return tasks_->cancel(timer); }

  /// Runs work once every call of the plugin on a lane that is under way now has returned: see
  /// veche_loop.after_lanes.
  veche_status after_lanes(std::function<void()> work) const {
    return tasks_->after_lanes(std::move(work));
  }
  /// An object for lanes to read, which publish() replaces: see Shared.
  template <class T>
  std::unique_ptr<Shared<T>> share(T first) const;

  Metric counter(const char* name, const char* help) const {
    return add_metric(VECHE_METRIC_COUNTER, name, help, {});
  }
  Metric gauge(const char* name, const char* help) const {
    return add_metric(VECHE_METRIC_GAUGE, name, help, {});
  }
  Metric histogram(const char* name, const char* help, std::span<const int64_t> bounds) const {
    return add_metric(VECHE_METRIC_HISTOGRAM, name, help, bounds);
  }

  /// visit(const veche_metric_info&) for each metric of the server itself.
  template <class Visit>
  veche_status visit_server_metrics(Visit&& visit) const {
    if (metrics_ == nullptr) return VECHE_E_UNSUPPORTED;
    return detail::visited<veche_metric_info>(visit, [&](auto* step, void* data) {
      metrics_->visit_server(host_, step, data);
      return VECHE_OK;
    });
  }
  /// visit(const veche_metric_info&) for each metric of all running plugins.
  template <class Visit>
  veche_status visit_plugin_metrics(Visit&& visit) const {
    if (metrics_ == nullptr) return VECHE_E_UNSUPPORTED;
    return detail::visited<veche_metric_info>(visit, [&](auto* step, void* data) {
      metrics_->visit(host_, step, data);
      return VECHE_OK;
    });
  }

  /// [any but lane] Answers a request whose handler returned Reply::later(). A reply with a file
  /// can be sent once.
  veche_status reply(uint64_t request, const Reply& reply) const {
    if (http_ == nullptr) return VECHE_E_UNSUPPORTED;
    if (reply.opened_file) return reply_file(request, reply);
    if (!reply.problem.empty()) {
      return http_->reply_problem(host_, request, reply.status, reply.problem.c_str(),
                                  reply.body.c_str());
    }
    return http_->reply(host_, request, reply.status, reply.content_type.c_str(), reply.body.data(),
                        reply.body.size());
  }

  veche_status open_tap(uint64_t track) const {
    return taps_ != nullptr ? taps_->open(host_, track) : VECHE_E_UNSUPPORTED;
  }
  veche_status close_tap(uint64_t track) const {
    return taps_ != nullptr ? taps_->close(host_, track) : VECHE_E_UNSUPPORTED;
  }

  // For the wrapper.
  void drop_tasks() const { tasks_->clear(); }
  void log_failure(const char* what, const char* why) const noexcept {
    tasks_->log_failure(what, why);
  }

 private:
  template <class Table>
  static const Table* find(const veche_host* host, const char* id) {
    return static_cast<const Table*>(host->get_extension(host, id));
  }
  void write(uint32_t level, const std::string& line) const {
    if (log_ != nullptr) log_->write(host_, level, line.c_str());
  }
  veche_status reply_file(uint64_t request, const Reply& reply) const {
    if (!VECHE_HAS(http_, veche_http, reply_file)) return VECHE_E_UNSUPPORTED;
    detail::ReplyFile& file = *reply.opened_file;
    const veche_status status =
        http_->reply_file(host_, request, file.fd, reply.content_type.c_str(),
                          file.name.empty() ? nullptr : file.name.c_str());
    if (status == VECHE_OK) file.fd = -1;
    return status;
  }
  bool read_config(const std::string& pointer, int64_t& value) const {
    return config_ != nullptr && config_->get_integer(host_, pointer.c_str(), &value) == VECHE_OK;
  }
  bool read_config(const std::string& pointer, double& value) const {
    return config_ != nullptr && config_->get_number(host_, pointer.c_str(), &value) == VECHE_OK;
  }
  bool read_config(const std::string& pointer, bool& value) const {
    int32_t read = 0;
    if (config_ == nullptr || config_->get_boolean(host_, pointer.c_str(), &read) != VECHE_OK)
      return false;
    value = read != 0;
    return true;
  }
  bool read_config(const std::string& pointer, std::string& value) const {
    const char* read = nullptr;
    if (config_ == nullptr || config_->get_string(host_, pointer.c_str(), &read) != VECHE_OK)
      return false;
    value = read;
    return true;
  }
  Metric add_metric(uint32_t kind, const char* name, const char* help,
                    std::span<const int64_t> bounds) const {
    if (metrics_ == nullptr) return {};
    return {metrics_,
            metrics_->add_metric(host_, kind, name, help, bounds.empty() ? nullptr : bounds.data(),
                                 static_cast<uint32_t>(bounds.size()))};
  }

  const veche_host* host_;
  const veche_log* log_;
  const veche_config* config_;
  const veche_metrics* metrics_;
  const veche_http* http_;
  const veche_taps* taps_;
  std::shared_ptr<detail::Tasks> tasks_;
};

}  // namespace veche
