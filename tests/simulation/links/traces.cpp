// SPDX-License-Identifier: Apache-2.0
// {"uplink": {"trace_pattern": [{"duration": ms, "capacity": kbit/s, "loss": part, "rtt": ms}]}}
#include "traces.hpp"

#include <glib.h>
#include <json-glib/json-glib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace veche::simulation {
namespace {

/// A slower link does not carry a packet in a second.
constexpr double kLeastBps = 10'000;
constexpr double kLeastMs = 60'000;
constexpr double kMostMs = 3'600'000;

struct Unref {
  void operator()(JsonParser* parser) const { g_object_unref(parser); }
};

JsonObject* object_of(JsonNode* node) {
  return node != nullptr && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : nullptr;
}

JsonArray* pattern_of(JsonNode* root) {
  JsonObject* trace = object_of(root);
  if (trace == nullptr) return nullptr;
  JsonObject* uplink = object_of(json_object_get_member(trace, "uplink"));
  if (uplink == nullptr) return nullptr;
  JsonNode* pattern = json_object_get_member(uplink, "trace_pattern");
  const bool is_array = pattern != nullptr && JSON_NODE_HOLDS_ARRAY(pattern);
  return is_array ? json_node_get_array(pattern) : nullptr;
}

/// The member's value, between 0 and `most`; nothing if it is missing or something else.
std::optional<double> number(JsonObject* step, const char* name, double most) {
  JsonNode* node = json_object_get_member(step, name);
  if (node == nullptr || !JSON_NODE_HOLDS_VALUE(node)) return std::nullopt;
  const double value = json_node_get_double(node);
  if (!(value >= 0 && value <= most)) return std::nullopt;
  return value;
}

/// Fills in the scenario; an error if the pattern is not one.
std::optional<std::string> read_pattern(JsonArray* pattern, Scenario& scenario) {
  double ms = 0, loss = 0, round_trip_ms = 0;
  const guint steps = json_array_get_length(pattern);
  for (guint i = 0; i < steps; ++i) {
    JsonObject* step = object_of(json_array_get_element(pattern, i));
    const auto duration = step ? number(step, "duration", kMostMs) : std::nullopt;
    const auto capacity = step ? number(step, "capacity", 1e8) : std::nullopt;
    if (!duration || !capacity) {
      return "step " + std::to_string(i) + " has no duration in ms and capacity in kbit/s";
    }
    scenario.bottleneck.rates.push_back(
        {static_cast<int64_t>(ms * 1000), std::max(*capacity * 1000, kLeastBps)});
    ms += *duration;
    loss += number(step, "loss", 1).value_or(0) * *duration;
    if (i == 0) round_trip_ms = number(step, "rtt", 10'000).value_or(100);
  }
  if (ms < 1 || ms > kMostMs) return "it lasts no time, or more than an hour";
  // A short one is repeated.
  const auto once = scenario.bottleneck.rates;
  double all_ms = ms;
  for (; all_ms < kLeastMs; all_ms += ms) {
    for (const RateStep& step : once) {
      scenario.bottleneck.rates.push_back(
          {step.from_us + static_cast<int64_t>(all_ms * 1000), step.bps});
    }
  }
  scenario.duration_s = static_cast<int64_t>(all_ms / 1000);
  scenario.propagation = {.delay_ms = static_cast<int64_t>(round_trip_ms / 2), .loss = loss / ms};
  return std::nullopt;
}

}  // namespace

std::vector<Scenario> read_traces(const std::string& folder, std::string& errors) {
  std::vector<std::filesystem::path> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  if (error) errors += folder + ": " + error.message() + "\n";
  std::sort(paths.begin(), paths.end());

  std::vector<Scenario> scenarios;
  for (const auto& path : paths) {
    const std::unique_ptr<JsonParser, Unref> parser(json_parser_new());
    const bool is_json = json_parser_load_from_file(parser.get(), path.c_str(), nullptr);
    JsonArray* pattern = is_json ? pattern_of(json_parser_get_root(parser.get())) : nullptr;
    if (pattern == nullptr) {
      errors += path.string() + ": no JSON with uplink.trace_pattern\n";
      continue;
    }
    Scenario scenario{.name = path.stem().string()};
    if (const auto why = read_pattern(pattern, scenario)) {
      errors += path.string() + ": " + *why + "\n";
      continue;
    }
    scenarios.push_back(std::move(scenario));
  }
  return scenarios;
}

}  // namespace veche::simulation
