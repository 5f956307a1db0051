// SPDX-License-Identifier: Apache-2.0
// Tests that a secret leaves nothing behind.
#include "media/wire/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace veche::media {
namespace {

using Bytes = std::vector<uint8_t>;

/// A master key of 16 and a salt of 14 bytes.
Bytes key() {
  Bytes bytes(30);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(0xa0 + i);
  return bytes;
}

Bytes bytes_of(const Secret& secret) { return {secret.bytes().begin(), secret.bytes().end()}; }

/// Memory that remains readable after its secret is gone.
class Place {
 public:
  void* at() { return memory_; }
  bool has_any_of(const Bytes& bytes) const {
    return std::search(std::begin(memory_), std::end(memory_), bytes.begin(), bytes.begin() + 4) !=
           std::end(memory_);
  }

 private:
  alignas(Secret) unsigned char memory_[sizeof(Secret)] = {};
};

TEST(Secret, KeepsWhatItWasGiven) {
  EXPECT_EQ(bytes_of(Secret(key())), key());
  EXPECT_TRUE(Secret().bytes().empty());
  EXPECT_EQ(Secret(Bytes(100)).bytes().size(), Secret::kMaxSize);
}

TEST(Secret, IsWipedWhenItIsDestroyed) {
  Place place;
  auto* secret = new (place.at()) Secret(key());
  ASSERT_TRUE(place.has_any_of(key()));
  std::destroy_at(secret);
  EXPECT_FALSE(place.has_any_of(key()));
}

TEST(Secret, IsWipedWhereItWasMovedFrom) {
  Place place;
  auto* from = new (place.at()) Secret(key());
  const Secret moved(std::move(*from));
  EXPECT_EQ(bytes_of(moved), key());
  EXPECT_TRUE(from->bytes().empty());
  EXPECT_FALSE(place.has_any_of(key()));

  Secret assigned(Bytes(44, 7));
  *from = Secret(key());
  assigned = std::move(*from);
  EXPECT_EQ(bytes_of(assigned), key());
  EXPECT_FALSE(place.has_any_of(key()));
  std::destroy_at(from);
}

TEST(Secret, WipesWhatItIsAssignedOver) {
  Place place;
  auto* secret = new (place.at()) Secret(key());
  *secret = Secret(Bytes(2, 1));
  EXPECT_EQ(secret->bytes().size(), 2u);
  EXPECT_FALSE(place.has_any_of(key()));
  std::destroy_at(secret);
}

}  // namespace
}  // namespace veche::media
