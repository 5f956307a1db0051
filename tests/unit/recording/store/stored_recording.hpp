// SPDX-License-Identifier: Apache-2.0
// Recordings for the tests of the store.
#pragma once

#include <cstdint>
#include <string>

#include "recording/file/manifest_json.hpp"
#include "recording/store/store.hpp"

namespace veche::recording::testing {

inline constexpr int64_t kStart_ms = 1'700'000'000'000;
inline constexpr char kTemplate[] = "{room}/{date}-{id}";

inline Manifest manifest_of(const std::string& id, State state = State::Finished) {
  Manifest manifest;
  manifest.id = id;
  manifest.room = "blue";
  manifest.state = state;
  manifest.started_unix_ms = kStart_ms;
  return manifest;
}

/// Returns its path below the store's folder.
inline std::string add(Store& store, const Manifest& manifest) {
  const Store::Place place = store.create("blue", manifest.id, manifest.started_unix_ms);
  Store::save(place.folder.get(), manifest);
  return place.path;
}

}  // namespace veche::recording::testing
