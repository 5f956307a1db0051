// SPDX-License-Identifier: Apache-2.0
// The arithmetic of head-room.
#include "room/capacity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace veche::room {
namespace {

using ::testing::HasSubstr;

const media::SessionCost kPipeline{{9, 9}, {7, 6}, {100, 100}, {1, 1}};
const media::SessionCost kWire{{3, 0}, {4, 0}, {100, 50}, {0, 0}};
const Carried kNobody{.max_participants = 100'000, .media_ports = {1000, 2}};

const ResourceState& find(const CapacityReport& report, std::string_view name) {
  for (const ResourceState& each : report.resources) {
    if (each.name == name) return each;
  }
  ADD_FAILURE() << "no " << name;
  return report.bound();
}

TEST(Capacity, IsTheLeastOfAllResourcesAndSaysWhich) {
  SystemReading system;
  system.descriptors = {512, 12};
  system.tasks = {800, 100};
  const CapacityReport report = weigh(system, kNobody, kPipeline);
  EXPECT_EQ(find(report, "descriptors").head_room, (512 - 12 - 64) / 10);
  EXPECT_EQ(find(report, "tasks").head_room, 1 + (800 - 100 - 100 - 7) / 6);
  EXPECT_EQ(report.head_room, 43);
  EXPECT_STREQ(report.bound().name, "descriptors");
  EXPECT_EQ(report.bound_text(), "descriptors: limit 512, 12 used, 64 in reserve");
}

TEST(Capacity, OfWhatASessionNeedsOnlyWhileJoiningIsNoBoundUntilThereIsNotEnoughForOne) {
  SystemReading system;
  system.tasks = {800, 696};
  EXPECT_EQ(find(weigh(system, kNobody, kWire), "tasks").head_room, std::nullopt);
  system.tasks->used = 697;
  const CapacityReport report = weigh(system, kNobody, kWire);
  EXPECT_EQ(report.head_room, 0);
  EXPECT_STREQ(report.bound().name, "tasks");
}

TEST(Capacity, KeepsADescriptorForTheEventsOfEverybodyWhoIsThere) {
  SystemReading system;
  system.descriptors = {512, 12};
  Carried carried = kNobody;
  const CapacityReport before = weigh(system, carried, kWire);
  EXPECT_EQ(before.head_room, 1 + (512 - 12 - 64 - 4));
  carried.participants = carried.awaited_events = 100;
  EXPECT_EQ(weigh(system, carried, kWire).head_room, before.head_room - 100);
  // They have connected: the descriptors are in use now.
  carried.awaited_events = 0;
  system.descriptors->used += 100;
  EXPECT_EQ(weigh(system, carried, kWire).head_room, before.head_room - 100);
}

TEST(Capacity, IsNeverNegativeWhateverElseTakesTheResource) {
  SystemReading system;
  system.descriptors = {512, 511};
  system.memory_bytes = {1000, 5000};
  Carried carried{.participants = 9, .max_participants = 3};
  for (const ResourceState& each : weigh(system, carried, kPipeline).resources) {
    EXPECT_GE(each.head_room.value_or(0), 0) << each.name;
  }
  EXPECT_EQ(weigh(system, carried, kPipeline).head_room, 0);
}

TEST(Capacity, CountsWhatIsPromised) {
  SystemReading system;
  system.descriptors = {512, 12};
  system.memory_bytes = {100'000, 0};
  Carried carried = kNobody;
  carried.promised_descriptors = 400;
  EXPECT_EQ(weigh(system, carried, kPipeline).head_room, 3);
  EXPECT_THAT(weigh(system, carried, kPipeline).bound_text(), HasSubstr(", 400 promised"));
  carried.promised_memory_bytes = 89'900;
  EXPECT_EQ(weigh(system, carried, kPipeline).head_room, 1);
}

TEST(Capacity, OfLanesIsAnEstimateByThoseWhoAreThere) {
  Carried carried = kNobody;
  const auto head_room = [&] {
    return find(weigh({}, carried, kWire), "lane_load_percent").head_room;
  };
  carried.connected = 100;
  carried.lane_percent = 9;
  EXPECT_EQ(head_room(), std::nullopt) << "too little to tell";
  carried.lane_percent = 40;
  EXPECT_EQ(head_room(), 100);
  carried.lane_percent = 80;
  EXPECT_EQ(head_room(), 1) << "no bound until they are full";
  carried.lanes_are_full = true;
  EXPECT_EQ(head_room(), 0);
  carried.lane_percent = 75;
  EXPECT_EQ(head_room(), 0);
}

TEST(Capacity, OfThePipelinePathIsBoundByItsPorts) {
  const CapacityReport report = weigh({}, kNobody, kPipeline);
  EXPECT_EQ(report.head_room, 998);
  EXPECT_STREQ(report.bound().name, "media_ports");
  EXPECT_EQ(find(weigh({}, kNobody, kWire), "media_ports").head_room, std::nullopt);
}

TEST(Capacity, IsBoundByTheConfigurationWhereTheSystemSaysNothing) {
  const CapacityReport report = weigh({}, {.participants = 3, .max_participants = 10}, kWire);
  EXPECT_EQ(report.head_room, 7);
  EXPECT_STREQ(report.bound().name, "participants");
}

TEST(Capacity, OfIdleLanesIsWhatThreeVoicesCostAndRefusesNobody) {
  Carried carried = kNobody;
  carried.lanes = 2;
  media::SessionCost cost = kWire;
  cost.cpu_us_per_s = 2000;
  const auto head_room = [&] {
    return find(weigh({}, carried, cost), "lane_load_percent").head_room;
  };
  EXPECT_EQ(head_room(), 800);
  carried.connected = 790;
  EXPECT_EQ(head_room(), 10);
  // They are silent, so there is room: lane load sets the limit.
  carried.connected = 5000;
  EXPECT_EQ(head_room(), 1);
  carried.lane_percent = 20;
  EXPECT_EQ(head_room(), 5000 * (80 - 20) / 20);
}

}  // namespace
}  // namespace veche::room
