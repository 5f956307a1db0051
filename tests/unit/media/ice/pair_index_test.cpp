// SPDX-License-Identifier: Apache-2.0
// PairIndex: behaves like a map for any order of insertions and erasures.
#include "media/ice/pair_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "stun_client.hpp"

namespace veche::media {
namespace {

using test::kKey;
using test::pair;

TEST(PairIndex, BehavesLikeAMap) {
  IceSession session(SessionId{1}, {});
  for (uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    PairIndex index(kKey);
    std::map<uint16_t, uint16_t> model;
    for (int step = 0; step < 2000; ++step) {
      const auto port = static_cast<uint16_t>(random() % 48);
      const CandidatePair key = pair("192.0.2.1", port);
      const PairIndex::Entry* found = index.find(key);
      ASSERT_EQ(found != nullptr, model.count(port) == 1) << seed << " " << step;
      if (found != nullptr) {
        EXPECT_EQ(found->slot, model[port]);
        index.erase(key);
        model.erase(port);
        index.erase(key);  // No longer present: no effect.
      } else {
        index.reserve(model.size() + 1);
        model[port] = static_cast<uint16_t>(random());
        index.insert({.pair = key, .slot = model[port], .session = &session});
      }
      ASSERT_EQ(index.size(), model.size());
    }
    for (uint16_t port = 0; port < 48; ++port) {
      EXPECT_EQ(index.find(pair("192.0.2.1", port)) != nullptr, model.count(port) == 1);
      EXPECT_EQ(index.find(pair("192.0.2.1", port, 1)), nullptr) << "another socket";
    }
  }
}

}  // namespace
}  // namespace veche::media
