// SPDX-License-Identifier: Apache-2.0
// Header extensions as GStreamer's caps say them.
#pragma once

#include <gst/gst.h>

#include "sdp/profile.hpp"

namespace veche::media {

/// A field "extmap-<id>" for each extension that has an id.
void add_extensions(GstCaps* caps, const sdp::ExtensionIds& ids);

}  // namespace veche::media
