// SPDX-License-Identifier: Apache-2.0
// Numbers and tokens that cannot be guessed.
#pragma once

#include <cstdint>
#include <string>

namespace veche::room {

uint32_t random_number();
/// 128 bit as 32 hexadecimal digits.
std::string random_token();

}  // namespace veche::room
