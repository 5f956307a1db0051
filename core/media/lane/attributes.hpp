// SPDX-License-Identifier: Apache-2.0
// A participant's attributes as selectors see them: made on control, read on a lane.
#pragma once

#include <veche/selector.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace veche::media {

/// Immutable. The view is valid as long as this lives.
class Attributes {
 public:
  /// `revision`: see veche_attributes.
  Attributes(std::map<std::string, std::string> values, uint32_t revision)
      : values_(std::move(values)) {
    for (const auto& [name, value] : values_) list_.push_back({name.c_str(), value.c_str()});
    view_ = {list_.data(), static_cast<uint32_t>(list_.size()), revision};
  }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  const veche_attributes& view() const noexcept { return view_; }

 private:
  const std::map<std::string, std::string> values_;
  std::vector<veche_attribute> list_;
  veche_attributes view_{};
};

}  // namespace veche::media
