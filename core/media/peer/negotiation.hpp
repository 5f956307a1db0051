// SPDX-License-Identifier: Apache-2.0
// Answering an offer with webrtcbin: what it has to be told, in which order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glib/webrtc_bin.hpp"
#include "rtp/rewriter.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// Of a section's transceiver. Only the header extensions named here get into the answer. `ssrc`:
/// of the slot, 0 if it is none.
glib::Ref<GstCaps> section_caps(const sdp::SectionPlan& section, uint32_t ssrc);

/// Returns the answer with all candidates. `prepare` runs when webrtcbin has made its elements and
/// before anything can arrive. [worker]
Result<std::string> answer_offer(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                                 const std::vector<rtp::SlotFormat>& slots,
                                 const std::function<Status()>& prepare);

}  // namespace veche::media
