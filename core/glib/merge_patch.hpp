// SPDX-License-Identifier: Apache-2.0
// JSON Merge Patch (RFC 7396). Pure.
#pragma once

#include "glib/json.hpp"

namespace veche::glib {

/// Applies `patch` to the object `target`, in place. The depth is that of parsed JSON, so recursion
/// is bounded.
void merge_patch(JsonObject* target, JsonObject* patch);

}  // namespace veche::glib
