// SPDX-License-Identifier: Apache-2.0
// The command line of veche-load.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "client_feedback.hpp"
#include "schedule.hpp"
#include "socket_reader.hpp"
#include "talker.hpp"
#include "voice.hpp"

namespace veche::load {

struct Options {
  std::string server = "http://127.0.0.1:8080";
  std::string key = "dev.devsecret";
  std::string room = "load";
  uint32_t rooms = 1;                ///< The participants are spread evenly over them.
  std::string room_settings = "{}";  ///< Body of the PUT that creates a room.
  std::string name_prefix = "load";
  uint32_t participants = 10;  ///< In all rooms together.
  uint32_t talkers = 3;        ///< At once, in each room.
  Pattern pattern = Pattern::Fixed;
  int64_t turn_ms = 3000;
  int64_t pause_ms = 200;
  Silence silence = Silence::Dtx;
  VoiceStyle voice;
  uint32_t slots = 3;
  double join_rate = 10;      ///< Per second.
  bool offers_first = false;  ///< All offers are made before the first participant joins.
  uint32_t joining = 0;  ///< At most this many join at the same time; 0: no limit but the rate.
  double duration_s = 20;
  double stay_s = 0;       ///< 0: all stay until the end.
  double leave_early = 0;  ///< The fraction that leaves before DTLS is done.
  int server_pid = 0;
  bool through_elements = false;  ///< Packets travel through all of webrtcbin; see media_path.hpp.
  Feedback feedback = Feedback::None;
  Readers readers = Readers::Polling;
  bool expect_no_loss = false;
  bool bare = false;       ///< Also measures sealing and sending alone, in advance.
  double cool_down_s = 0;  ///< Between the last leave and the last reading of the server.
  std::string json_path;
  uint32_t seed = 1;
};

/// InvalidArgument names the wrong option. `--help` prints and ends the program.
Result<Options> parse_options(int argc, char** argv);

}  // namespace veche::load
