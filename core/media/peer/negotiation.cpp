// SPDX-License-Identifier: Apache-2.0
// The order of things that webrtcbin needs: docs/webrtcbin.md.
#include "media/peer/negotiation.hpp"

#include <string>

#include "media/peer/extension_caps.hpp"

namespace veche::media {
namespace {

GstWebRTCRTPTransceiverDirection transceiver_direction(sdp::SectionUse use) {
  switch (use) {
    case sdp::SectionUse::Track: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY;
    case sdp::SectionUse::Slot: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY;
    case sdp::SectionUse::TrackAndSlot: return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV;
    case sdp::SectionUse::Refused: break;
  }
  return GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_INACTIVE;
}

/// One transceiver for each section, in their order: webrtcbin takes them in the order in which
/// they were made.
Status add_transceivers(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                        const std::vector<rtp::SlotFormat>& slots) {
  size_t slot = 0;
  for (const sdp::SectionPlan& section : plan.sections) {
    if (section.use == sdp::SectionUse::Refused) continue;
    const uint32_t ssrc = section.use == sdp::SectionUse::Track ? 0 : slots.at(slot++).ssrc;
    Status added = webrtc.add_transceiver(transceiver_direction(section.use),
                                          section_caps(section, ssrc).get());
    if (!added) return added;
  }
  return Ok{};
}

}  // namespace

glib::Ref<GstCaps> section_caps(const sdp::SectionPlan& section, uint32_t ssrc) {
  GstCaps* caps = gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
                                      "encoding-name", G_TYPE_STRING, "OPUS", "clock-rate",
                                      G_TYPE_INT, 48000, "encoding-params", G_TYPE_STRING, "2",
                                      "payload", G_TYPE_INT, int{section.payload_type}, nullptr);
  add_extensions(caps, section.extensions);
  if (section.extensions.transport_cc != 0) {
    gst_caps_set_simple(caps, "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE, nullptr);
  }
  if (section.nack) gst_caps_set_simple(caps, "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, nullptr);
  if (ssrc != 0) gst_caps_set_simple(caps, "ssrc", G_TYPE_UINT, ssrc, nullptr);
  return glib::adopt(caps);
}

Result<std::string> answer_offer(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                                 const std::vector<rtp::SlotFormat>& slots,
                                 const std::function<Status()>& prepare) {
  Status status =
      webrtc.set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, plan.offer);
  if (status) status = add_transceivers(webrtc, plan, slots);
  if (!status) return status.error();
  Result<std::string> answer = webrtc.describe("create-answer");
  if (!answer) return answer;
  status = webrtc.set_description("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, *answer);
  if (status) status = prepare();
  if (!status) return status.error();
  answer = webrtc.local_description();
  if (!answer) return answer;
  if (answer->find("a=candidate:") == std::string::npos) {
    return Error{ErrorCode::Exhausted,
                 "no UDP port is free on media.addresses: widen media.ports in the configuration"};
  }
  return sdp::restore_sections(*answer, plan);
}

}  // namespace veche::media
