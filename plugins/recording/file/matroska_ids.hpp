// SPDX-License-Identifier: Apache-2.0
// The elements of Matroska (RFC 9559) that are written and read here.
#pragma once

#include <cstdint>

namespace veche::recording::id {

inline constexpr uint32_t kEbml = 0x1A45DFA3, kEbmlVersion = 0x4286, kEbmlReadVersion = 0x42F7,
                          kEbmlMaxIdLength = 0x42F2, kEbmlMaxSizeLength = 0x42F3, kDocType = 0x4282,
                          kDocTypeVersion = 0x4287, kDocTypeReadVersion = 0x4285;
inline constexpr uint32_t kSegment = 0x18538067;
inline constexpr uint32_t kSeekHead = 0x114D9B74, kSeek = 0x4DBB, kSeekId = 0x53AB,
                          kSeekPosition = 0x53AC;
inline constexpr uint32_t kInfo = 0x1549A966, kTimestampScale = 0x2AD7B1, kDuration = 0x4489,
                          kDateUtc = 0x4461, kMuxingApp = 0x4D80, kWritingApp = 0x5741;
inline constexpr uint32_t kTracks = 0x1654AE6B, kTrackEntry = 0xAE, kTrackNumber = 0xD7,
                          kTrackUid = 0x73C5, kTrackType = 0x83, kFlagLacing = 0x9C, kName = 0x536E,
                          kLanguage = 0x22B59C, kCodecId = 0x86, kCodecPrivate = 0x63A2,
                          kSeekPreRoll = 0x56BB;
inline constexpr uint32_t kAudio = 0xE1, kSamplingFrequency = 0xB5, kChannels = 0x9F;
inline constexpr uint32_t kVideo = 0xE0, kPixelWidth = 0xB0, kPixelHeight = 0xBA;
inline constexpr uint32_t kCluster = 0x1F43B675, kTimestamp = 0xE7, kSimpleBlock = 0xA3;
inline constexpr uint32_t kCues = 0x1C53BB6B, kCuePoint = 0xBB, kCueTime = 0xB3,
                          kCueTrackPositions = 0xB7, kCueTrack = 0xF7, kCueClusterPosition = 0xF1;

}  // namespace veche::recording::id
