// SPDX-License-Identifier: Apache-2.0
// Answers an offer with webrtcbin: which calls it needs, in which order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "glib/webrtc_bin.hpp"
#include "rtp/rewriter.hpp"
#include "sdp/profile.hpp"

namespace veche::media {

/// The caps of a section's transceiver. The answer contains only the header extensions named here.
/// `ssrc`: the slot's; 0: the section is not a slot.
glib::Ref<GstCaps> section_caps(const sdp::SectionPlan& section, uint32_t ssrc);

/// Returns the answer with all candidates. `prepare` runs when webrtcbin has created its elements
/// and before anything can arrive. [worker]
Result<std::string> answer_offer(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                                 const std::vector<rtp::SlotFormat>& slots,
                                 const std::function<Status()>& prepare);

}  // namespace veche::media
