// SPDX-License-Identifier: Apache-2.0
// Links that fall, rise, lose, hold back and are shared.
#include "cases.hpp"

#include <initializer_list>
#include <utility>

namespace veche::simulation {
namespace {

using Discipline = BottleneckModel::Discipline;

std::vector<RateStep> kbps(std::initializer_list<std::pair<int64_t, double>> steps) {
  std::vector<RateStep> rates;
  for (const auto& [s, rate] : steps) rates.push_back({s * kUsPerS, rate * 1000});
  return rates;
}

/// Three voices on a link that falls for 20 s.
Scenario fall(std::string name, double low, Discipline discipline = Discipline::DropTail) {
  return {.name = std::move(name),
          .duration_s = 60,
          .bottleneck = {.discipline = discipline,
                         .rates = kbps({{0, 400}, {20, low}, {40, 400}}),
                         .queue_ms = discipline == Discipline::Policer ? 50 : 500}};
}

/// Three voices on a link of 400 kbit/s that does something else.
Scenario steady(std::string name, PropagationModel propagation, ClientModel client = {}) {
  return {.name = std::move(name),
          .duration_s = 60,
          .bottleneck = {.rates = kbps({{0, 400}})},
          .propagation = propagation,
          .media = {{.client = client}}};
}

Scenario flapping() {
  Scenario scenario{.name = "3 voices, 400 to 96 and back, 20 times", .duration_s = 620};
  scenario.bottleneck.queue_ms = 500;
  for (int64_t i = 0; i <= 20; ++i) {
    scenario.bottleneck.rates.push_back({i * 30 * kUsPerS, 400'000});
    if (i < 20) scenario.bottleneck.rates.push_back({(i * 30 + 15) * kUsPerS, 96'000});
  }
  return scenario;
}

MediaModel voices(uint32_t count, ClientModel client = {}) {
  return {.voices = count, .client = client};
}

MediaModel video(int64_t from_s = 0) {
  return {.voices = 0, .most_bps = 3'000'000, .from_us = from_s * kUsPerS};
}

}  // namespace

std::vector<Case> voice_cases() {
  const ClientModel firefox{.has_feedback = false};
  const ClientModel jammed{.jam_ms = 400, .jam_from_us = 15 * kUsPerS, .jam_to_us = 45 * kUsPerS};
  Scenario reports = fall("3 voices, 400 to 96 and back, reports alone", 96);
  reports.media = {voices(3, firefox)};
  reports.duration_s = 80;
  Scenario jam = fall("3 voices, 400 to 96 and back, way back jammed (5.3)", 96);
  jam.media = {voices(3, jammed)};
  Scenario lost = fall("3 voices, 400 to 96 and back, 30 % of feedback lost", 96);
  lost.media = {voices(3, {.feedback_loss = 0.3})};
  Scenario lossy = fall("3 voices, 400 to 96 and back, 10 % random loss", 96);
  lossy.propagation.loss = 0.1;
  return {
      {"fall", fall("3 voices, 400 to 96 and back", 96), {600, 6500, 0.95, 60, 0.01}},
      {"deep", fall("3 voices, 400 to 64 and back", 64), {700, 6500, 0.95, 60, 0.01}},
      {"codel",
       fall("3 voices, 400 to 96 and back, CoDel", 96, Discipline::CoDel),
       {600, 6500, 0.95, 60, 0.01}},
      {"policer",
       fall("3 voices, 400 to 96 and back, policer", 96, Discipline::Policer),
       {3000, 6500, 0.95, 5, 0.08}},
      {"lossy", lossy, {1000, 9000, 0.9, 100, 0.13}},
      {"lost-feedback", lost, {1000, 9000, 0.9, 60, 0.01}},
      {"jam", jam, {1000, 6500, 0.9, 100, 0.01}},
      {"reports", reports, {3000, 20'000, 0.7, 800, 0.02}},
      // Each of 20 times: one cut, and a step for each of the two voices that come back.
      {"flapping", flapping(), {700, 6500, 0.9, 100, 0.02, 60}},
      {"many",
       {.name = "16 voices, 2000 to 300 and back",
        .duration_s = 90,
        .bottleneck = {.rates = kbps({{0, 2000}, {30, 300}, {50, 2000}})},
        .media = {voices(16)}},
       {700, 15'000, 0.9, 150, 0.02}},
      {"voice-5-1",
       {.name = "4 voices, 100 kbit/s * 1, 2.5, 0.6, 1 (5.1)",
        .duration_s = 100,
        .bottleneck = {.rates = kbps({{0, 100}, {40, 250}, {60, 60}, {80, 100}})},
        .media = {voices(4)}},
       {700, 8000, 0.9, 100, 0.02}},
      {"voice-5-2",
       {.name = "2 sessions of 3 voices, 200 kbit/s * 2, 1, 1.75, 0.5, 1 (5.2)",
        .duration_s = 125,
        .bottleneck = {.rates = kbps({{0, 400}, {25, 200}, {50, 350}, {75, 115}, {100, 200}})},
        .media = {voices(3), voices(3)}},
       {3000, 20'000, 0.8, 200, 0.03}},
      {"voice-5-6",
       {.name = "3 voices beside a long TCP, 1 Mbit/s (5.6)",
        .duration_s = 60,
        .bottleneck = {.rates = kbps({{0, 1000}})},
        .tcp = {{.from_us = 10 * kUsPerS}}},
       {0, 0, 0.6, 320, 0.02}},
      {"loss-10", steady("3 voices, 10 % random loss", {.loss = 0.1}), {0, 0, 0.99, 10, 0.12}},
      {"loss-20", steady("3 voices, 20 % random loss", {.loss = 0.2}), {0, 0, 0.99, 10, 0.23}},
      {"bursts",
       steady("3 voices, 7 % loss in bursts", {.burst_loss = 0.07, .burst_packets = 15}),
       {0, 0, 0.95, 10, 0.1}},
      {"wifi",
       steady("3 voices, Wi-Fi holds 100 ms of 200", {.hold_ms = 100, .release_ms = 100}),
       {0, 0, 0.99, 10, 0.01}},
      {"reordering",
       steady("3 voices, up to 40 ms overtaken", {.jitter_ms = 40}),
       {0, 0, 0.99, 10, 0.01}},
      {"detour",
       steady("3 voices, a way longer by 80 ms", {.detour_ms = 80, .detour_from_us = 10 * kUsPerS}),
       {0, 0, 0.9, 10, 0.01}},
      {"drift",
       steady("3 voices, a clock that is 200 ppm fast", {}, {.drift_ppm = 200}),
       {0, 0, 0.99, 10, 0.01}},
  };
}

std::vector<Case> video_cases() {
  const auto rates_5_1 = kbps({{0, 1000}, {40, 2500}, {60, 600}, {80, 1000}});
  Scenario jam{.name = "5.3 congested way back",
               .duration_s = 100,
               .bottleneck = {.rates = kbps({{0, 2000}, {20, 1000}, {40, 500}, {60, 2000}})},
               .media = {video()}};
  jam.media[0].client = {
      .feedback_loss = 0.1, .jam_ms = 300, .jam_from_us = 35 * kUsPerS, .jam_to_us = 70 * kUsPerS};
  Scenario short_tcp{.name = "5.7 beside short TCPs",
                     .duration_s = 120,
                     .bottleneck = {.rates = kbps({{0, 2000}})},
                     .media = {video()}};
  for (int64_t i = 0; i < 10; ++i) {
    short_tcp.tcp.push_back({.from_us = (10 + i * 10) * kUsPerS, .bytes = 300'000});
  }
  Scenario pause{.name = "5.8 pause and resume",
                 .duration_s = 120,
                 .bottleneck = {.rates = kbps({{0, 3500}})},
                 .media = {video(), video(), video()}};
  pause.media[0].pause_from_us = 40 * kUsPerS;
  pause.media[0].pause_to_us = 60 * kUsPerS;
  return {
      {"video-5-1",
       {.name = "5.1 variable capacity",
        .duration_s = 100,
        .bottleneck = {.rates = rates_5_1},
        .media = {video()}},
       {1000, 10'000, 0.8, 150, 0.03}},
      {"video-5-2",
       {.name = "5.2 variable capacity, two flows",
        .duration_s = 125,
        .bottleneck = {.rates = kbps({{0, 4000}, {25, 2000}, {50, 3500}, {75, 1000}, {100, 2000}})},
        .media = {video(), video()}},
       {5000, 25'000, 0.6, 300, 0.1}},
      {"video-5-3", jam, {2000, 15'000, 0.7, 300, 0.06}},
      {"video-5-4",
       {.name = "5.4 three flows",
        .duration_s = 120,
        .bottleneck = {.rates = kbps({{0, 3500}})},
        .media = {video(), video(20), video(40)}},
       {0, 0, 0.3, 300, 0.05}},
      {"video-5-5",
       {.name = "5.5 five round trips",
        .duration_s = 200,
        .bottleneck = {.rates = kbps({{0, 4000}})},
        .propagation = {.delay_ms = 10},
        .media = {video(), video(10), video(20), video(30), video(40)},
        .extra_delays_ms = {0, 15, 40, 90, 140}},
       {0, 0, 0.25, 300, 0.05}},
      {"video-5-6",
       {.name = "5.6 beside a long TCP",
        .duration_s = 120,
        .bottleneck = {.rates = kbps({{0, 2000}})},
        .media = {video(5)},
        .tcp = {{}}},
       {0, 0, 0.1, 320, 0.1}},
      {"video-5-7", short_tcp, {0, 0, 0.5, 320, 0.05}},
      {"video-5-8", pause, {0, 0, 0.7, 300, 0.05}},
  };
}

}  // namespace veche::simulation
