// SPDX-License-Identifier: Apache-2.0
// Wipes with OPENSSL_cleanse, which compilers never optimise away.
#include "media/wire/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace veche::media {

Secret::Secret(std::span<const uint8_t> bytes) noexcept : size_(std::min(bytes.size(), kMaxSize)) {
  std::copy_n(bytes.begin(), size_, bytes_.begin());
}

Secret::~Secret() { wipe(); }

Secret::Secret(Secret&& other) noexcept { take(other); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  take(other);
  return *this;
}

void Secret::take(Secret& other) noexcept {
  bytes_ = other.bytes_;
  size_ = other.size_;
  other.wipe();
}

void Secret::wipe() noexcept {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
  size_ = 0;
}

}  // namespace veche::media
