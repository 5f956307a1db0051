// SPDX-License-Identifier: Apache-2.0
// A manifest survives writing and reading, and invalid ones are refused.
#include "recording/file/manifest_json.hpp"

#include <gtest/gtest.h>

#include <random>

#include "open_dir.hpp"

namespace veche::recording {
namespace {

Manifest full_manifest() {
  Manifest manifest;
  manifest.id = "r1";
  manifest.room = "blue";
  manifest.state = State::Finished;
  manifest.detail = "1 track was lost";
  manifest.ended_by = "request";
  manifest.modes = {"tracks", "mix"};
  manifest.kinds = {"audio"};
  manifest.participants = {"ana"};
  manifest.started_unix_ms = 1'700'000'000'007;
  manifest.ended_unix_ms = 1'700'000'010'000;
  manifest.duration_ms = 9993;
  manifest.incarnation = "9f0c";
  manifest.clock_step_ms = -86'400'000;
  manifest.more_tracks = 2;
  manifest.files = {{"mix.webm", "audio/webm", std::string(64, 'a'), 12345, 9993},
                    {"1.webm", "audio/webm", "", 77, 5000, 4993}};
  TrackEntry track;
  track.id = "1";
  track.participant = "ana";
  track.name = "Ana \"the\" \xC3\xA9\n";
  track.kind = "audio";
  track.codec = "opus";
  track.file = "1.webm";
  track.span = {10, 9000};
  track.packets = 400;
  track.losses = {.lost = 3,
                  .dropped = 1,
                  .late = 2,
                  .refused = 4,
                  .left_out = 5,
                  .incomplete = 6,
                  .foreign = 7,
                  .mix_dropped = 8,
                  .mix_failed = 9,
                  .restarts = 10};
  track.problem = "wrong-clock";
  track.detail = "it counts wrongly";
  track.level_dbov = -30;
  track.gaps = {{{100, 700}, "loss"}, {{900, 2000}, "disk"}};
  track.more_gaps = 5;
  manifest.tracks = {track};
  manifest.speech = {{"ana", {20, 80}}};
  return manifest;
}

TEST(ManifestJson, IsTheSameAfterWritingAndReading) {
  const std::string json = to_json(full_manifest());
  EXPECT_EQ(to_json(parse_manifest(json)), json);
  const Manifest read = parse_manifest(json);
  EXPECT_EQ(read.tracks.at(0).name, "Ana \"the\" \xC3\xA9\n");
  EXPECT_EQ(read.tracks.at(0).gaps.at(1).span.end_ms, 2000);
  EXPECT_EQ(read.tracks.at(0).level_dbov, -30);
  EXPECT_EQ(read.speech.at(0).span.start_ms, 20);
  EXPECT_EQ(read.files.at(0).sha256, std::string(64, 'a'));
  EXPECT_EQ(read.state, State::Finished);
  EXPECT_EQ(read.tracks.at(0).losses, full_manifest().tracks.at(0).losses);
  EXPECT_EQ(read.tracks.at(0).problem, "wrong-clock");
  EXPECT_EQ(read.files.at(1).start_ms, 4993);
  EXPECT_EQ(read.incarnation, "9f0c");
  EXPECT_EQ(read.clock_step_ms, -86'400'000);
  EXPECT_EQ(read.more_tracks, 2U);
}

TEST(ManifestJson, SaysTimesForPeopleToo) {
  const std::string json = to_json(full_manifest());
  EXPECT_TRUE(contains(json, "\"started_at\" : \"2023-11-14T22:13:20.007Z\"")) << json;
  EXPECT_TRUE(contains(json, "\"format\" : \"veche.recording/1\""));
}

TEST(ManifestJson, LeavesLongListsOutOfASummary) {
  const std::string json = summary_json(full_manifest());
  EXPECT_FALSE(contains(json, "gaps"));
  EXPECT_FALSE(contains(json, "speech"));
  EXPECT_TRUE(contains(json, "mix.webm"));
}

TEST(ManifestJson, EscapesWhatJsonDoesNotAllow) {
  Manifest manifest = full_manifest();
  std::string every;
  for (int c = 1; c < 128; ++c) every += static_cast<char>(c);
  manifest.tracks[0].name = every + "\xE2\x82\xAC";
  EXPECT_EQ(parse_manifest(to_json(manifest)).tracks[0].name, manifest.tracks[0].name);
  manifest = {};
  manifest.id = "empty";
  EXPECT_EQ(parse_manifest(to_json(manifest)).id, "empty");
}

TEST(ManifestJson, MakesNamesThatAreNotUtf8Harmless) {
  Manifest manifest = full_manifest();
  manifest.tracks[0].name = "\xFF\xFE";
  EXPECT_EQ(parse_manifest(to_json(manifest)).tracks[0].name, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(ManifestJson, RefusesWithTheNameOfTheMemberThatIsWrong) {
  const std::string head = R"({"format":"veche.recording/1","id":"r","state":"finished",)";
  const struct {
    std::string json, named;
  } cases[] = {
      {"", "manifest.json"},
      {"null", "object"},
      {"[]", "object"},
      {"{", "manifest.json"},
      {"\xFF", "UTF-8"},
      {std::string("{}\0{}", 5), "UTF-8"},
      {std::string(100'000, '['), "deep"},
      {R"({"id":"r","state":"finished"})", "format"},
      {R"({"format":"veche.recording/2","id":"r","state":"finished"})", "format"},
      {R"({"format":"veche.recording/1","id":"../r","state":"finished"})", "id"},
      {R"({"format":"veche.recording/1","id":"r","state":"done"})", "state"},
      {head + R"("room":7})", "room"},
      {head + R"("modes":"tracks"})", "modes"},
      {head + R"("modes":[{}]})", "modes[0]"},
      {head + R"("duration_ms":1.5})", "duration_ms"},
      {head + R"("duration_ms":-1})", "duration_ms"},
      {head + R"("duration_ms":99999999999999999999999})", "duration_ms"},
      {head + R"("duration_ms":null})", "duration_ms"},
      {head + R"("files":{}})", "files"},
      {head + R"("files":[{"name":"../../etc/passwd"}]})", "files[0].name"},
      {head + R"("files":[{"name":".hidden"}]})", "files[0].name"},
      {head + R"("files":[{"name":""}]})", "files[0].name"},
      {head + R"("files":[{"name":"a","content_type":"x\r\nSet-Cookie: a"}]})", "content_type"},
      {head + R"("files":[{"name":"a","sha256":"abc"}]})", "files[0].sha256"},
      {head + R"("files":[{"name":"a"},{"name":"b","bytes":-5}]})", "files[1].bytes"},
      {head + R"("tracks":[[]]})", "tracks[0]"},
      {head + R"("tracks":[{"file":"/etc/passwd"}]})", "tracks[0].file"},
      {head + R"("tracks":[{"start_ms":5,"end_ms":4}]})", "tracks[0].end_ms"},
      {head + R"("tracks":[{"level_dbov":-1000}]})", "tracks[0].level_dbov"},
      {head + R"("tracks":[{"gaps":[{"reason":[]}]}]})", "tracks[0].gaps[0].reason"},
      {head + R"("speech":[{"participant":1}]})", "speech[0].participant"},
  };
  for (const auto& refused : cases) {
    const Refusal refusal = refusal_of([&] { parse_manifest(refused.json); });
    EXPECT_EQ(refusal.code, VECHE_E_INVALID) << refused.json.substr(0, 200);
    EXPECT_TRUE(contains(refusal.why, refused.named)) << refusal.why;
  }
}

TEST(ManifestJson, TakesOrRefusesAnyChangedByteAndNothingElse) {
  const std::string json = to_json(full_manifest());
  std::mt19937 random(5);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string changed = json;
    for (unsigned count = 1 + random() % 4; count > 0; --count) {
      changed[random() % changed.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) changed.resize(random() % changed.size());
    const Refusal refusal = refusal_of([&] {
      for (const FileEntry& file : parse_manifest(changed).files)
        EXPECT_TRUE(is_file_name(file.name));
    });
    EXPECT_TRUE(refusal.code == 0 || refusal.code == VECHE_E_INVALID);
    refused += refusal.code != 0;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace veche::recording
