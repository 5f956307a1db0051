// SPDX-License-Identifier: Apache-2.0
// Breaks a time down without asking for the time zone.
#include "base/rfc3339.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace veche {
namespace {

constexpr int64_t kMsPerS = 1000;
constexpr int64_t kLastMs = 253'402'300'799'999;  // 9999-12-31T23:59:59.999Z

}  // namespace

std::string rfc3339(int64_t unix_ms) {
  const int64_t time_ms = std::clamp<int64_t>(unix_ms, 0, kLastMs);
  const std::time_t seconds = time_ms / kMsPerS;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(time_ms % kMsPerS));
  return text;
}

}  // namespace veche
