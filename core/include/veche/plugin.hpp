// SPDX-License-Identifier: Apache-2.0
// The plugin interface for C++20: VECHE_EXPORT_PLUGIN turns an ordinary class into the C tables.
// The wrapper is compiled into the plugin, so it can change while the C interface stays.
#pragma once

#include <array>
#include <cstring>

#include "cpp/clients.hpp"
#include "cpp/controller.hpp"
#include "cpp/extensions.hpp"
#include "cpp/host.hpp"
#include "cpp/http_routes.hpp"
#include "cpp/instance.hpp"
#include "cpp/json.hpp"
#include "cpp/selector.hpp"
#include "cpp/shared.hpp"
#include "cpp/strided.hpp"
#include "cpp/values.hpp"

namespace veche {

/// The plugin's description: `static constexpr veche::Info kInfo{.id = "org.example.stage"}`.
struct Info {
  const char* id = nullptr;  ///< Reverse DNS, unique.
  const char* version = "0.0.0";
  const char* license = "NOASSERTION";  ///< SPDX expression.
  const char* summary = "";
  const char* schema = nullptr;               ///< JSON Schema of its configuration.
  std::array<const char*, 8> needs{};         ///< Services that it cannot do without.
  uint32_t min_host_minor = VECHE_ABI_MINOR;  ///< As in veche_plugin_entry.
};

namespace detail {

/// The entry of a plugin of class P, which has, apart from the hooks of its extensions: kInfo; a
/// constructor that takes a veche::Host, or nothing, and may throw; if wanted start() and stop().
template <class P, class... Extensions>
struct Plugin {
  static_assert(sizeof...(Extensions) > 0,
                "name at least one extension: VECHE_EXPORT_PLUGIN(Class, veche::Observer)");
  static_assert(P::kInfo.id != nullptr, "kInfo needs an id: .id = \"org.example.stage\"");

  static constexpr std::array<const char*, sizeof...(Extensions) + 1> kOffers{Extensions::kId...,
                                                                              nullptr};
  static constexpr auto make_needs() {
    std::array<const char*, sizeof...(Extensions) + P::kInfo.needs.size() + 1> all{};
    size_t count = 0;
    for (const char* need : {Extensions::kNeeds...}) {
      if (need != nullptr) all[count++] = need;
    }
    for (const char* need : P::kInfo.needs) {
      if (need != nullptr) all[count++] = need;
    }
    return all;
  }
  static constexpr auto kNeeds = make_needs();

  static veche_plugin* create(const veche_host* host, veche_error* error) {
    return make_opaque<veche_plugin>(error, [&] { return new Instance<P>(host); });
  }
  static veche_status start(veche_plugin* self, veche_error* error) {
    if constexpr (requires(P & plugin) { plugin.start(); }) {
      return reported(error, [&] { Instance<P>::of(self).plugin.start(); });
    } else {
      return VECHE_OK;
    }
  }
  static void stop(veche_plugin* self) {
    if constexpr (requires(P & plugin) { plugin.stop(); }) {
      Instance<P>::call(self, "stop", [](P& plugin) { plugin.stop(); });
    }
  }
  static void destroy(veche_plugin* self) { delete &Instance<P>::of(self); }
  static const void* get_extension(const char* id) {
    const void* table = nullptr;
    const auto offer = [&](const char* own, const void* own_table) {
      if (std::strcmp(id, own) == 0) table = own_table;
    };
    (offer(Extensions::kId, &Extensions::template Traits<P>::kTable), ...);
    return table;
  }

  static constexpr veche_plugin_entry entry() {
    return {sizeof(veche_plugin_entry),
            VECHE_ABI_MINOR,
            P::kInfo.id,
            P::kInfo.version,
            P::kInfo.license,
            P::kInfo.summary,
            P::kInfo.schema,
            kNeeds.data(),
            kOffers.data(),
            create,
            start,
            stop,
            destroy,
            get_extension,
            P::kInfo.min_host_minor,
            0};
  }
};

}  // namespace detail
}  // namespace veche

/// At global scope, once: VECHE_EXPORT_PLUGIN(Stage, veche::Selector, veche::HttpRoutes)
#define VECHE_EXPORT_PLUGIN(...)                            \
  constinit const veche_plugin_entry veche_plugin_entry_1 = \
      ::veche::detail::Plugin<__VA_ARGS__>::entry()
