// SPDX-License-Identifier: Apache-2.0
// A recording in a folder of the test's own, with people that talk in virtual time.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "recording/file/atomic_file.hpp"
#include "recording/file/manifest_json.hpp"
#include "recording/recorder/recording_writer.hpp"
#include "recording/track/opus_packet.hpp"

namespace veche::recording {

inline constexpr int64_t kMs = 1'000'000;
inline constexpr int64_t kOrigin = 77'000 * kMs;

inline TrackInfo opus_track(uint64_t track, const std::string& participant) {
  return {track, participant, "", "audio", "opus", "", 48'000, 2};
}

class WorkTest : public testing::Test {
 protected:
  WorkTest() {
    // In memory where possible: virtual hours write far more often than a disk does.
    const bool has_memory = access("/dev/shm", W_OK) == 0;
    std::string name = (has_memory ? "/dev/shm/" : testing::TempDir()) + "veche-writer-XXXXXX";
    folder_ = mkdtemp(name.data());
    dir_fd_ = open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    manifest_.id = "one";
    manifest_.room = "lobby";
    manifest_.started_unix_ms = 1'790'000'000'000;
  }
  ~WorkTest() override {
    writer_.reset();
    close(dir_fd_);
    std::filesystem::remove_all(folder_);
  }

  void begin(const Plan& plan, const RecorderSettings& settings = {}) {
    writer_ = std::make_unique<RecordingWriter>(dir_fd_, manifest_, plan, settings, kOrigin);
  }
  void tell(QueueItem item) { batch_.items.push_back(std::move(item)); }
  /// Each talker sends a packet every 20 ms; the recorder polls every 100 ms.
  void talk(const std::vector<uint64_t>& tracks, int64_t ms) {
    for (const int64_t until_ms = now_ms_ + ms; now_ms_ < until_ms;) {
      now_ms_ += 20;
      for (const uint64_t track : tracks) tell(TrackPacket{track, voice(track)});
      if (now_ms_ % 100 == 0) look();
    }
  }
  /// Nobody talks, and the recorder looks as often as it does after a stall.
  void pass(int64_t ms, int64_t step_ms) {
    for (const int64_t until_ms = now_ms_ + ms; now_ms_ < until_ms;) {
      now_ms_ += step_ms;
      look();
    }
  }
  /// A packet that has just arrived.
  Packet voice(uint64_t track) {
    Packet packet;
    packet.arrival_ns = kOrigin + now_ms_ * kMs;
    packet.timestamp = static_cast<uint32_t>(now_ms_ * ticks_per_ms_);
    packet.sequence = sequence_[track]++;
    packet.ssrc = ssrc_;
    packet.level = 20;
    // Equivalent to speech if it is not listened to: 20 ms of Opus with data.
    packet.payload = opus_silence(960, 1);
    return packet;
  }
  void look() {
    writer_->handle(std::move(batch_), kOrigin + now_ms_ * kMs);
    batch_ = {};
  }
  Manifest finish() {
    look();
    writer_->finish(kOrigin + now_ms_ * kMs);
    return writer_->manifest(kOrigin + now_ms_ * kMs);
  }
  Manifest on_disk() const {
    return parse_manifest(read_whole(dir_fd_, kManifestName, kMaxManifestBytes));
  }
  static const TrackEntry& track_of(const Manifest& manifest, const std::string& participant) {
    const auto found =
        std::find_if(manifest.tracks.begin(), manifest.tracks.end(),
                     [&](const TrackEntry& track) { return track.participant == participant; });
    if (found == manifest.tracks.end()) throw std::runtime_error("no track of " + participant);
    return *found;
  }
  static const FileEntry& file_of(const Manifest& manifest, const std::string& name) {
    const auto found = std::find_if(manifest.files.begin(), manifest.files.end(),
                                    [&](const FileEntry& file) { return file.name == name; });
    if (found == manifest.files.end()) throw std::runtime_error("no file " + name);
    return *found;
  }

  std::string folder_;
  int dir_fd_ = -1;
  Manifest manifest_;
  std::unique_ptr<RecordingWriter> writer_;
  RecorderQueue::Batch batch_;
  int64_t now_ms_ = 0;
  std::map<uint64_t, uint16_t> sequence_;
  int64_t ticks_per_ms_ = 48;
  uint32_t ssrc_ = 1;
};

}  // namespace veche::recording
