// SPDX-License-Identifier: Apache-2.0
// A timer of the system clock that is due at once.
#include "glib/clock_thread.hpp"

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "glib/ref.hpp"

namespace veche::glib {
namespace {

/// Orders what hands work over before what takes it. GStreamer's lock does so too, which
/// ThreadSanitizer does not see.
std::atomic<uint64_t> handed_over{0};

}  // namespace

void run_on_clock_thread(std::function<void()> work) {
  const Ref<GstClock> clock = adopt(gst_system_clock_obtain());
  const GstClockID id = gst_clock_new_single_shot_id(clock.get(), gst_clock_get_time(clock.get()));
  auto* owned = new std::function<void()>(std::move(work));
  handed_over.fetch_add(1, std::memory_order_release);
  // Not by the timer's destructor, which runs on the thread that lets go of the timer last.
  const GstClockReturn taken = gst_clock_id_wait_async(
      id,
      [](GstClock*, GstClockTime, GstClockID, gpointer data) -> gboolean {
        static_cast<void>(handed_over.load(std::memory_order_acquire));
        const std::unique_ptr<std::function<void()>> due(static_cast<std::function<void()>*>(data));
        (*due)();
        return TRUE;
      },
      owned, nullptr);
  gst_clock_id_unref(id);
  if (taken == GST_CLOCK_OK) return;
  const std::unique_ptr<std::function<void()>> refused(owned);
  (*refused)();
}

}  // namespace veche::glib
