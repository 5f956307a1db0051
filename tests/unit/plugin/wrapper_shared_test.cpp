// SPDX-License-Identifier: Apache-2.0
// Objects that the C++ wrapper shares with lanes: when each version is destroyed.
#include <atomic>
#include <thread>
#include <veche/plugin.hpp>

#include "../room/fake_media.hpp"
#include "room/server.hpp"
#include "services_fixture.hpp"

namespace veche::plugin {
namespace {

/// Counts those that are alive.
struct Version {
  explicit Version(int number) : number(number) { ++alive; }
  Version(const Version& other) : number(other.number) { ++alive; }
  ~Version() { --alive; }
  static inline std::atomic<int> alive = 0;
  int number;
};

class WrapperSharedTest : public ServicesFixture {
 protected:
  WrapperSharedTest() : ServicesFixture("stage") { surroundings_.rooms = &rooms_; }
  ~WrapperSharedTest() override { EXPECT_EQ(Version::alive, 0); }
  /// The lanes have passed what they were in.
  void pass_lanes() {
    for (const auto& passed : std::exchange(engine_.waiting, {})) passed();
  }

  room::FakeEngine engine_;
  room::Server rooms_{loop_, engine_, room::Limits{}, 0};
  const veche::Host wrapped_{host_};
};

TEST_F(WrapperSharedTest, AVersionLivesUntilNoLaneCanHaveIt) {
  const auto shared = wrapped_.share(Version(1));
  EXPECT_EQ(shared->read().number, 1);
  const Version& on_a_lane = shared->read();
  EXPECT_EQ(shared->publish(Version(2)), VECHE_OK);
  EXPECT_EQ(shared->read().number, 2);
  EXPECT_EQ(on_a_lane.number, 1) << "the lane is still in its hook";
  EXPECT_EQ(Version::alive, 2);
  pass_lanes();
  EXPECT_EQ(Version::alive, 1);
}

TEST_F(WrapperSharedTest, VersionsThatWaitAreBounded) {
  const auto shared = wrapped_.share(Version(0));
  for (size_t i = 0; i < shared->kMostWaiting; ++i) {
    ASSERT_EQ(shared->publish(Version(static_cast<int>(i))), VECHE_OK);
  }
  EXPECT_EQ(shared->publish(Version(-1)), VECHE_E_EXHAUSTED);
  EXPECT_NE(shared->read().number, -1) << "nothing has changed";
  pass_lanes();
  EXPECT_EQ(Version::alive, 1);
  EXPECT_EQ(shared->publish(Version(-1)), VECHE_OK);
  pass_lanes();
}

TEST_F(WrapperSharedTest, AVersionIsKeptWhileTheHostCannotTellThatTheLanesHavePassed) {
  const auto shared = wrapped_.share(Version(1));
  const Version& on_a_lane = shared->read();
  while (wrapped_.after_lanes([] {}) == VECHE_OK) {
  }
  EXPECT_EQ(shared->publish(Version(2)), VECHE_OK);
  EXPECT_EQ(on_a_lane.number, 1) << "the lane is still in its hook";
  EXPECT_EQ(Version::alive, 2);
  pass_lanes();
}

TEST_F(WrapperSharedTest, MayEndBeforeTheLanesHavePassed) {
  auto shared = wrapped_.share(Version(1));
  EXPECT_EQ(shared->publish(Version(2)), VECHE_OK);
  shared.reset();
  EXPECT_EQ(Version::alive, 1) << "the former version waits";
  services_.close();
  EXPECT_EQ(Version::alive, 0);
}

TEST_F(WrapperSharedTest, IsReadByLanesWhileControlPublishes) {
  const auto shared = wrapped_.share(std::vector<int>(100, 0));
  std::atomic<bool> ends{false};
  std::atomic<int> torn{0};
  std::thread lane([&] {
    while (!ends) {
      const std::vector<int>& seen = shared->read();
      if (seen.front() != seen.back()) ++torn;
    }
  });
  for (int i = 1; i <= 50; ++i) {
    ASSERT_EQ(shared->publish(std::vector<int>(100, i)), VECHE_OK);
  }
  ends = true;
  lane.join();
  EXPECT_EQ(torn, 0);
  pass_lanes();
}

}  // namespace
}  // namespace veche::plugin
