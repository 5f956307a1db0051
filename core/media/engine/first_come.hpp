// SPDX-License-Identifier: Apache-2.0
// A room's selection without a selector plugin: first come, first served, or nobody.
#pragma once

#include "media/selector.hpp"

namespace veche::media {

/// A track that sends takes the first free slot of every listener and keeps it for the track's
/// lifetime. A participant gets one slot, however many tracks it has.
class FirstComeSelector final : public Selector {
 public:
  /// `is_silent`: nobody is heard instead.
  explicit FirstComeSelector(bool is_silent = false) : is_silent_(is_silent) {}
  std::string name() const override { return {}; }
  Result<std::unique_ptr<Settings>> make_settings(const std::string& json) override;
  Result<std::unique_ptr<RoomState>> open(const Settings& settings) override;

 private:
  const bool is_silent_;
};

}  // namespace veche::media
