// SPDX-License-Identifier: Apache-2.0
// Where a recording's folder is, below the directory of all recordings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace veche::recording {

/// The parts of a path that cannot leave the directory: 1 to 4 names that pass is_file_name().
/// Empty if it is not such a path.
std::vector<std::string> safe_parts(std::string_view path);

/// For example "{room}/{date}-{time}-{id}". Fields: {room} {id} {date} {time} {year} {month} {day},
/// in UTC.
class NameTemplate {
 public:
  /// Throws a Failure (VECHE_E_INVALID) with the reason. A valid template expands to a safe path
  /// for every room, id and time.
  explicit NameTemplate(const std::string& text);

  /// `room` and `id` are [A-Za-z0-9_.~-]{1,64}; a dot at the start of a name becomes "~".
  std::string expand(std::string_view room, std::string_view id, int64_t unix_ms) const;

 private:
  std::string text_;
};

}  // namespace veche::recording
