// SPDX-License-Identifier: Apache-2.0
// The order of calls that webrtcbin needs: docs/webrtcbin.md.
#include "media/peer/negotiation.hpp"

#include <string>

#include "media/peer/codec_caps.hpp"
#include "media/peer/extension_caps.hpp"
#include "sdp/answer.hpp"

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

/// One transceiver for each section, in order: webrtcbin matches them to m-lines in the order of
/// their creation.
Status add_transceivers(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                        const std::vector<rtp::SlotFormat>& slots) {
  size_t slot = 0;
  for (const sdp::SectionPlan& section : plan.sections) {
    if (!section.is_used()) continue;
    const uint32_t ssrc = section.is_slot() ? slots.at(slot++).ssrc : 0;
    Status added = webrtc.add_transceiver(transceiver_direction(section.use),
                                          section_caps(section, ssrc).get());
    if (!added) return added.error();
  }
  return Ok{};
}

}  // namespace

glib::Ref<GstCaps> section_caps(const sdp::SectionPlan& section, uint32_t ssrc) {
  glib::Ref<GstCaps> caps = codec_caps(section.kind, section.codec);
  add_extensions(caps.get(), section.extensions);
  if (section.extensions.transport_cc != 0) {
    gst_caps_set_simple(caps.get(), "rtcp-fb-transport-cc", G_TYPE_BOOLEAN, TRUE, nullptr);
  }
  if (section.nack) gst_caps_set_simple(caps.get(), "rtcp-fb-nack", G_TYPE_BOOLEAN, TRUE, nullptr);
  if (ssrc != 0) gst_caps_set_simple(caps.get(), "ssrc", G_TYPE_UINT, ssrc, nullptr);
  return caps;
}

Result<std::string> answer_offer(glib::WebrtcBin& webrtc, const sdp::SessionPlan& plan,
                                 const std::vector<rtp::SlotFormat>& slots,
                                 const std::function<Status()>& prepare) {
  Status status =
      webrtc.set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER, plan.offer);
  if (!status) return status.error();
  status = add_transceivers(webrtc, plan, slots);
  if (!status) return status.error();
  Result<std::string> answer = webrtc.describe("create-answer");
  if (!answer) return answer.error();
  status = webrtc.set_description("set-local-description", GST_WEBRTC_SDP_TYPE_ANSWER, *answer);
  if (!status) return status.error();
  status = prepare();
  if (!status) return status.error();
  answer = webrtc.local_description();
  if (!answer) return answer.error();
  if (!sdp::has_candidates(*answer)) {
    return Error{ErrorCode::Exhausted,
                 "no UDP port is free on media.addresses: widen media.ports in the configuration"};
  }
  return sdp::restore_sections(*answer, plan);
}

}  // namespace veche::media
