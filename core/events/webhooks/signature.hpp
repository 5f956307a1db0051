// SPDX-License-Identifier: Apache-2.0
// Signs deliveries as Standard Webhooks has it (https://www.standardwebhooks.com). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "events/event.hpp"

namespace veche::events {

inline constexpr size_t kMinSecretBytes = 24, kMaxSecretBytes = 64;
/// A secret that is being replaced signs beside the new one.
inline constexpr size_t kMaxSecrets = 2;

/// The key that a secret "whsec_<base64>" stands for. InvalidArgument says what is allowed, and
/// shows nothing of the secret.
Result<std::string> key_of_secret(std::string_view secret);

/// `webhook-signature` of a delivery: "v1,<base64>" of each key, separated by spaces.
/// `timestamp_s` is that of `webhook-timestamp`.
std::string signatures(const std::vector<std::string>& keys, std::string_view id,
                       int64_t timestamp_s, std::string_view body);

/// `webhook-id` of an event for one webhook: the same at each attempt, over restarts too, and
/// another one in a log that began anew. It has no dot, which separates the parts that are signed.
std::string delivery_id(const Event& event, const std::string& webhook);

}  // namespace veche::events
