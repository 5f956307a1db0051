// SPDX-License-Identifier: Apache-2.0
// First come, first served: a room's selection without a selector plugin.
#pragma once

#include "media/selector.hpp"

namespace veche::media {

/// A track that sends takes the first free slot of every listener and keeps it for the track's
/// lifetime. A participant gets one slot, however many tracks it has.
class FirstComeSelector final : public Selector {
 public:
  std::string name() const override { return {}; }
  Result<std::unique_ptr<Settings>> make_settings(const std::string& json) override;
  Result<std::unique_ptr<RoomState>> open(const Settings& settings) override;
};

}  // namespace veche::media
