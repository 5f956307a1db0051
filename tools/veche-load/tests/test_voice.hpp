// SPDX-License-Identifier: Apache-2.0
// The voice that all tests share, because encoding takes longer than the tests.
#pragma once

#include "voice.hpp"

namespace veche::load {

inline const Voice& voice(bool noise_floor = false) {
  static const Voice quiet = *Voice::encode({});
  static const Voice noisy = *Voice::encode({.noise_floor = true});
  return noise_floor ? noisy : quiet;
}

}  // namespace veche::load
