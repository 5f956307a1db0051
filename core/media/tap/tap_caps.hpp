// SPDX-License-Identifier: Apache-2.0
// The caps of a track's packets, as GStreamer's depayloaders expect them.
#pragma once

#include "glib/ref.hpp"
#include "media/track_tap.hpp"

namespace veche::media {

glib::Ref<GstCaps> tap_caps(const TrackInfo& track);

}  // namespace veche::media
