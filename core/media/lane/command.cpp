// SPDX-License-Identifier: Apache-2.0
// The return path of commands, as a source of the control loop.
#include "media/lane/command.hpp"

namespace veche::media {
namespace {

struct ReturnsSource {
  GSource base;
  CommandReturns* returns;
};

gboolean prepare(GSource* source, gint* timeout) {
  *timeout = -1;
  return reinterpret_cast<ReturnsSource*>(source)->returns->empty() ? FALSE : TRUE;
}
gboolean check(GSource* source) {
  return reinterpret_cast<ReturnsSource*>(source)->returns->empty() ? FALSE : TRUE;
}
gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
  reinterpret_cast<ReturnsSource*>(source)->returns->drain();
  return G_SOURCE_CONTINUE;
}

GSourceFuncs source_functions = {prepare, check, dispatch, nullptr, nullptr, nullptr};

}  // namespace

CommandReturns::CommandReturns(glib::ControlLoop& loop)
    : context_(loop.context()), source_(g_source_new(&source_functions, sizeof(ReturnsSource))) {
  reinterpret_cast<ReturnsSource*>(source_)->returns = this;
  g_source_attach(source_, context_);
}

CommandReturns::~CommandReturns() {
  drain();
  g_source_destroy(source_);
  g_source_unref(source_);
}

void CommandReturns::give_back(LaneCommand* command) noexcept {
  LaneCommand* newest = newest_.load(std::memory_order_relaxed);
  do {
    command->next_ = newest;
  } while (!newest_.compare_exchange_weak(newest, command, std::memory_order_release,
                                          std::memory_order_relaxed));
  if (newest == nullptr) g_main_context_wakeup(context_);
}

void CommandReturns::drain() {
  LaneCommand* newest = newest_.exchange(nullptr, std::memory_order_acquire);
  LaneCommand* oldest = nullptr;
  while (newest) {
    LaneCommand* older = newest->next_;
    newest->next_ = oldest;
    oldest = newest;
    newest = older;
  }
  while (oldest) {
    const std::unique_ptr<LaneCommand> command(oldest);
    oldest = oldest->next_;
    command->done();
  }
}

}  // namespace veche::media
