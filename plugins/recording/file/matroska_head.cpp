// SPDX-License-Identifier: Apache-2.0
// The codec mappings of RFC 9559, the Opus one included.
#include "recording/file/matroska_head.hpp"

#include <glib.h>

#include <memory>

#include "recording/file/matroska_ids.hpp"
#include "recording/track/opus_packet.hpp"
#include "veche/cpp/failure.hpp"

namespace veche::recording {

namespace {

const char* codec_id(Codec codec) {
  switch (codec) {
    case Codec::Opus: return "A_OPUS";
    case Codec::Vp8: return "V_VP8";
    case Codec::Vp9: return "V_VP9";
    case Codec::H264: return "V_MPEG4/ISO/AVC";
    case Codec::Av1: return "V_AV1";
  }
  throw Failure(VECHE_E_UNSUPPORTED, "cannot make a file: the container does not know the codec");
}

/// A client chooses the title; the file needs UTF-8.
void put_title(ebml::Bytes& out, const std::string& title) {
  if (title.empty()) return;
  const std::unique_ptr<char, decltype(&g_free)> valid(
      g_utf8_make_valid(title.data(), static_cast<gssize>(title.size())), &g_free);
  ebml::put_text(out, id::kName, valid.get());
}

void put_audio(ebml::Bytes& out, const Format& format) {
  if (format.channels < 1 || format.channels > 2) {
    throw Failure(VECHE_E_INVALID, "cannot make a file of Opus: it has 1 or 2 channels, not " +
                                       std::to_string(format.channels));
  }
  ebml::put_bytes(out, id::kCodecPrivate, opus_head(format.channels));
  ebml::put_uint(out, id::kSeekPreRoll, 80'000'000);  // ns; RFC 7845, 4.6
  ebml::Bytes audio;
  ebml::put_float(audio, id::kSamplingFrequency, 48000);
  ebml::put_uint(audio, id::kChannels, format.channels);
  ebml::put_bytes(out, id::kAudio, audio);
}

void put_video(ebml::Bytes& out, const Format& format) {
  if (format.width == 0 || format.height == 0) {
    throw Failure(VECHE_E_INVALID,
                  "cannot make a file of video: its width and height are not known yet");
  }
  if (!format.codec_private.empty()) {
    ebml::put_bytes(out, id::kCodecPrivate, format.codec_private);
  } else if (format.codec == Codec::H264 || format.codec == Codec::Av1) {
    throw Failure(VECHE_E_INVALID, "cannot make a file of H.264 or AV1 without avcC or av1C");
  }
  ebml::Bytes video;
  ebml::put_uint(video, id::kPixelWidth, format.width);
  ebml::put_uint(video, id::kPixelHeight, format.height);
  ebml::put_bytes(out, id::kVideo, video);
}

}  // namespace

bool is_webm(const Format& format) noexcept { return format.codec != Codec::H264; }

ebml::Bytes ebml_header(const Format& format) {
  ebml::Bytes data;
  ebml::put_uint(data, id::kEbmlVersion, 1);
  ebml::put_uint(data, id::kEbmlReadVersion, 1);
  ebml::put_uint(data, id::kEbmlMaxIdLength, 4);
  ebml::put_uint(data, id::kEbmlMaxSizeLength, 8);
  ebml::put_text(data, id::kDocType, is_webm(format) ? "webm" : "matroska");
  ebml::put_uint(data, id::kDocTypeVersion, 4);
  ebml::put_uint(data, id::kDocTypeReadVersion, 2);
  ebml::Bytes out;
  ebml::put_bytes(out, id::kEbml, data);
  return out;
}

ebml::Bytes segment_info(int64_t started_unix_ms) {
  ebml::Bytes out;
  ebml::put_uint(out, id::kTimestampScale, 1'000'000);
  ebml::put_wide_uint(out, id::kDateUtc,
                      static_cast<uint64_t>(started_unix_ms - kMatroskaEpochMs) * 1'000'000);
  ebml::put_text(out, id::kMuxingApp, "Veche");
  ebml::put_text(out, id::kWritingApp, "Veche");
  return out;
}

ebml::Bytes track_list(const Format& format, const std::string& title) {
  const bool audio = format.codec == Codec::Opus;
  ebml::Bytes entry;
  ebml::put_uint(entry, id::kTrackNumber, 1);
  ebml::put_uint(entry, id::kTrackUid, 1);
  ebml::put_uint(entry, id::kTrackType, audio ? 2 : 1);
  ebml::put_uint(entry, id::kFlagLacing, 0);
  ebml::put_text(entry, id::kLanguage, "und");
  put_title(entry, title);
  ebml::put_text(entry, id::kCodecId, codec_id(format.codec));
  if (audio) {
    put_audio(entry, format);
  } else {
    put_video(entry, format);
  }
  ebml::Bytes entries;
  ebml::put_bytes(entries, id::kTrackEntry, entry);
  ebml::Bytes out;
  ebml::put_bytes(out, id::kTracks, entries);
  return out;
}

}  // namespace veche::recording
