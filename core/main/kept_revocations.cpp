// SPDX-License-Identifier: Apache-2.0
// One value for each participant and room with a revocation.
#include "main/kept_revocations.hpp"

#include <charconv>
#include <map>

namespace veche::main {
namespace {

using room::Revocations;

constexpr const char* kSpace = "revocations";

/// Behind what it has read.
std::optional<int64_t> take_number(std::string_view& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

}  // namespace

std::string text_of(const Revocations::Reach& reach) {
  return std::to_string(reach.removed_ms) + " " + std::to_string(reach.outdated_ms);
}

std::optional<Revocations::Reach> parse_reach(std::string_view text) {
  const auto removed_ms = take_number(text);
  if (!removed_ms || !text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto outdated_ms = take_number(text);
  if (!outdated_ms || !text.empty()) return std::nullopt;
  return Revocations::Reach{*removed_ms, *outdated_ms};
}

Status keep_revocations(events::Log& log, Revocations& revocations) {
  const Result<events::Log::Values> loaded = log.load(kSpace);
  if (!loaded) return loaded.error();
  std::map<std::string, Revocations::Reach> kept;
  for (const auto& [key, text] : *loaded) {
    if (const auto reach = parse_reach(text)) kept[key] = *reach;
  }
  revocations.restore(kept);
  revocations.use_keeper(
      [&log](const std::string& key, const std::optional<Revocations::Reach>& reach) {
        if (!reach) return log.erase(kSpace, key);
        log.put(kSpace, key, text_of(*reach),
                reach->newest_ms() + Revocations::kMaxTokenMs + Revocations::kLeewayMs);
      });
  return Ok{};
}

}  // namespace veche::main
