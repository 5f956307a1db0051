// SPDX-License-Identifier: Apache-2.0
// Runs a plugin's posts and timers on the control loop, and writes its log lines.
#include "plugin/services.hpp"

#include <utility>

#include "base/log.hpp"
#include "base/thread_role.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/service_tables.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

constexpr uint32_t kMinTimerMs = 10;
constexpr size_t kMaxWaiting = 1024;

const void* get_extension(const veche_host* host, const char* id) {
  return host && id ? find_service_table(id) : nullptr;
}

log::Level to_level(uint32_t level) {
  switch (level) {
    case VECHE_LOG_ERROR: return log::Level::Error;
    case VECHE_LOG_WARNING: return log::Level::Warning;
    case VECHE_LOG_DEBUG: return log::Level::Debug;
    default: return log::Level::Info;
  }
}

}  // namespace

bool is_known_service(std::string_view id) { return find_service_table(id) != nullptr; }

Services::Services(std::string name, glib::ControlLoop& loop, const Config& config,
                   HookTimer& callbacks, Surroundings& surroundings)
    : handle_{{sizeof(veche_host), VECHE_ABI_MINOR, get_extension}, this},
      name_(std::move(name)),
      loop_(loop),
      config_(config),
      callbacks_(callbacks),
      surroundings_(surroundings),
      metrics_(name_),
      requests_(loop),
      posts_(std::make_shared<PostQueue>()) {
  surroundings_.metric_sets.push_back(&metrics_);
}

Services::~Services() { close(); }

Services* Services::of(const veche_host* host) {
  // The plugin's veche_host is the first member of the handle.
  return host ? reinterpret_cast<const Handle*>(host)->services : nullptr;
}

void Services::close() {
  open_ = false;
  for (const PostQueue::Post& post : posts_->close()) {
    if (post.drop) run(post.drop, post.data);
  }
  // No lane calls the plugin any more.
  for (const auto& [number, waited] : std::exchange(waiting_, {})) run(waited.first, waited.second);
  taps_ = nullptr;
  timers_.clear();
  std::erase(surroundings_.metric_sets, &metrics_);
  requests_.close();
}

void Services::write(uint32_t level, const char* message) const {
  if (!expect_no_lane()) return;
  const log::Level known = to_level(level);
  if (log::enabled(known)) log::write(known, name_, plugin_text(message));
}

void Services::fail(const char* what, const char* why) const {
  if (!expect_no_lane()) return;
  HookTimer* const current = HookTimer::current();
  (current && current->plugin() == name_ ? *current : callbacks_).fail();
  log::error(name_, plugin_text(what) + " failed: " + plugin_text(why));
}

void Services::complain(const std::string& message) const { log::error(name_, message); }

veche_status Services::post(veche_callback callback, veche_callback drop, void* data) {
  if (!callback || !expect_no_lane()) return VECHE_E_INVALID;
  if (!posts_->push({callback, drop, data})) return VECHE_E_GONE;
  loop_.post([this, posts = posts_] {
    // A closed queue is empty, and this object may be gone.
    if (const auto post = posts->take()) run(post->callback, post->data);
  });
  return VECHE_OK;
}

veche_status Services::after_lanes(veche_callback callback, void* data) {
  if (!callback || !expect_control("veche_loop.after_lanes")) return VECHE_E_INVALID;
  if (!open_) return VECHE_E_GONE;
  if (waiting_.size() >= kMaxWaiting) return VECHE_E_EXHAUSTED;
  const uint64_t number = ++last_waiting_;
  waiting_.emplace(number, std::pair(callback, data));
  // This object may be gone when the lanes have passed; a closed queue says so.
  auto passed = [this, posts = posts_, number] {
    if (!posts->is_closed()) lanes_passed(number);
  };
  if (surroundings_.rooms) {
    surroundings_.rooms->engine().after_lanes(std::move(passed));
  } else {
    loop_.post(std::move(passed));
  }
  return VECHE_OK;
}

void Services::lanes_passed(uint64_t number) {
  const auto waited = waiting_.extract(number);
  if (waited) run(waited.mapped().first, waited.mapped().second);
}

uint64_t Services::add_timer(uint32_t interval_ms, veche_callback callback, void* data) {
  if (!expect_control("veche_loop.add_timer") || !callback || interval_ms < kMinTimerMs || !open_)
    return 0;
  const uint64_t timer = ++last_timer_;
  timers_.emplace(timer, loop_.every(interval_ms, [this, callback, data] { run(callback, data); }));
  return timer;
}

veche_status Services::cancel_timer(uint64_t timer) {
  if (!expect_control("veche_loop.cancel_timer")) return VECHE_E_INVALID;
  return timers_.erase(timer) == 1 ? VECHE_OK : VECHE_E_GONE;
}

bool Services::expect_control(const char* function) const {
  if (loop_.is_control()) return true;
  wrong_thread_.add();
  if (is_on_lane()) return false;
  log::error(name_, std::string(function) +
                        " was called on another thread than control; nothing was done");
  return false;
}

bool Services::expect_no_lane() const noexcept {
  if (is_on_lane()) wrong_thread_.add();
  return !is_on_lane();
}

void Services::run(veche_callback callback, void* data) {
  const auto done = call_hook(callbacks_, [&] { callback(data); });
  if (!done) log::error(name_, done.error().message);
}

}  // namespace veche::plugin
