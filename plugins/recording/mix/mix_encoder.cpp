// SPDX-License-Identifier: Apache-2.0
// libopus, except in longer silence, where a ready-made packet of silence costs nothing.
#include "recording/mix/mix_encoder.hpp"

#include <string>
#include <veche/cpp/failure.hpp>

#include "recording/mix/sound.hpp"

namespace veche::recording {
namespace {

constexpr opus_int32 kComplexity = 5;  // Half the time of 10, with no difference in speech.
constexpr int kFadeBlocks = 10;        // Encoded silence, before ready-made packets replace it.
constexpr size_t kMaxPacket = 1276;    // RFC 6716 section 3.2.1, one frame

OpusEncoder* make_encoder(const MixSettings& settings) {
  int error = OPUS_OK;
  OpusEncoder* encoder = opus_encoder_create(kSampleRate, static_cast<int>(settings.channels),
                                             OPUS_APPLICATION_AUDIO, &error);
  if (encoder) error = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(settings.bitrate_bps));
  if (encoder && error == OPUS_OK) {
    opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(kComplexity));
    return encoder;
  }
  if (encoder) opus_encoder_destroy(encoder);
  throw Failure(VECHE_E_INVALID, "libopus cannot make an encoder for a mix with " +
                                     std::to_string(settings.channels) + " channels and " +
                                     std::to_string(settings.bitrate_bps) +
                                     " bit/s: " + opus_strerror(error));
}

int64_t lookahead(OpusEncoder* encoder) {
  opus_int32 samples = 0;
  opus_encoder_ctl(encoder, OPUS_GET_LOOKAHEAD(&samples));
  return samples;
}

}  // namespace

MixEncoder::MixEncoder(const MixSettings& settings)
    : encoder_(make_encoder(settings)),
      channels_(settings.channels),
      limiter_(settings.channels),
      delay_samples_(lookahead(encoder_.get()) + static_cast<int64_t>(Limiter::kDelaySamples)),
      silent_blocks_(kFadeBlocks) {}

std::vector<uint8_t> MixEncoder::encode(std::span<float> block, bool silent) {
  if (silent && silent_blocks_ >= kFadeBlocks) {
    const uint8_t configuration = channels_ == 2 ? 0xfc : 0xf8;  // CELT, 20 ms, one frame
    return {configuration, 0xff, 0xfe};
  }
  if (silent_blocks_ >= kFadeBlocks) {
    // The encoder was not called for the silence, while a decoder goes on.
    opus_encoder_ctl(encoder_.get(), OPUS_RESET_STATE);
    limiter_.reset();
  }
  silent_blocks_ = silent ? silent_blocks_ + 1 : 0;
  limiter_.process(block);
  std::vector<uint8_t> packet(kMaxPacket);
  const opus_int32 size = opus_encode_float(encoder_.get(), block.data(), kBlockSamples,
                                            packet.data(), static_cast<opus_int32>(kMaxPacket));
  if (size <= 0) {
    throw Failure(VECHE_E_INTERNAL, std::string("libopus cannot encode the mix: ") +
                                        opus_strerror(static_cast<int>(size)) +
                                        "; the mix ends here, the tracks go on");
  }
  packet.resize(static_cast<size_t>(size));
  return packet;
}

}  // namespace veche::recording
