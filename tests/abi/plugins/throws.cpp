// SPDX-License-Identifier: Apache-2.0
// A plugin in C++ whose control hooks throw: HOOK says which one is the first.
#include <veche/observer.h>
#include <veche/plugin.h>

#include <stdexcept>
#include <string>

struct veche_plugin {};

namespace {

void may_throw(const std::string& hook) {
  if (hook == HOOK) throw std::runtime_error(hook + " threw this");
}

constexpr veche_observer kObserver = {
    sizeof(veche_observer), 0, [](veche_plugin*, const veche_event*) { may_throw("on_event"); }};

constexpr const char* kNeeds[] = {nullptr};
constexpr const char* kOffers[] = {VECHE_EXT_OBSERVER, nullptr};

veche_plugin* create(const veche_host*, veche_error*) {
  may_throw("create");
  return new veche_plugin;
}

veche_status start(veche_plugin*, veche_error*) {
  may_throw("start");
  return VECHE_OK;
}

void stop(veche_plugin*) { may_throw("stop"); }

void destroy(veche_plugin* self) { delete self; }

const void* get_extension(const char*) { return &kObserver; }

}  // namespace

extern "C" const veche_plugin_entry veche_plugin_entry_1 = {
    sizeof(veche_plugin_entry),
    VECHE_ABI_MINOR,
    "org.example." ID,
    "1.0.0",
    "Apache-2.0",
    "Throws.",
    nullptr,
    kNeeds,
    kOffers,
    create,
    start,
    stop,
    destroy,
    get_extension,
};
