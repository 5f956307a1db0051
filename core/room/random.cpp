// SPDX-License-Identifier: Apache-2.0
// Randomness from the kernel, fit for secrets.
#include "room/random.hpp"

#include "base/random_bytes.hpp"

namespace veche::room {

uint32_t random_number() { return random_value<uint32_t>(); }

std::string random_token() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string token;
  for (int word = 0; word < 4; ++word) {
    uint32_t bits = random_number();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) token += kDigits[bits & 0xf];
  }
  return token;
}

}  // namespace veche::room
