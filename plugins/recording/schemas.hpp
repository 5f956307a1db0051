// SPDX-License-Identifier: Apache-2.0
// The JSON Schemas of the configuration, of a room's policy and of a request.
#pragma once

#define WHAT_TO_RECORD                                                                             \
  R"("modes": {"type": "array", "default": ["tracks"], "minItems": 1, "maxItems": 2,)"             \
  R"( "items": {"enum": ["tracks", "mix"]},)"                                                      \
  R"( "description": "tracks: each track as it came, in a file of its own. mix: one file with )"   \
  R"(the audio of all participants."},)"                                                           \
  R"( "kinds": {"type": "array", "default": ["audio", "video"], "minItems": 1, "maxItems": 2,)"    \
  R"( "items": {"enum": ["audio", "video"]}, "description": "Which tracks."},)"                    \
  R"( "participants": {"type": "array", "default": [], "maxItems": 256,)"                          \
  R"( "items": {"type": "string", "minLength": 1, "maxLength": 64},)"                              \
  R"( "description": "Only these participants; empty: all of them."},)"                            \
  R"( "max_duration_s": {"type": "integer", "default": 0, "minimum": 0, "maximum": 604800,)"       \
  R"( "description": "Ends the recording after this many seconds; 0: only the server's limit."},)" \
  R"( "max_bytes": {"type": "integer", "default": 0, "minimum": 0, "maximum": 4398046511104,)"     \
  R"( "description": "Ends the recording at this size of its files; 0: only the server's limit."})"

namespace veche::recording {

inline constexpr char kRequestSchema[] =
    R"({"type": "object", "properties": {)" WHAT_TO_RECORD "}}";

inline constexpr char kRoomSchema[] =
    R"({"type": "object", "properties": {"auto": {"type": "boolean", "default": false,)"
    R"( "description": "Records the room whenever a participant is in it."},)" WHAT_TO_RECORD "}}";

inline constexpr char kConfigSchema[] =
    R"({"type": "object", "properties": {)"
    R"("directory": {"type": "string", "default": "recordings", "minLength": 1, "maxLength": 1024,)"
    R"( "description": "Where recordings are kept; created if it does not exist. Relative to the )"
    R"(server's working directory."},)"
    R"("name": {"type": "string", "default": "{room}/{date}-{time}-{id}", "minLength": 1,)"
    R"( "maxLength": 256, "description": "The folder of a recording below directory: {room}, {id}, )"
    R"({date}, {time}, {year}, {month}, {day}. It must contain {id}."},)"
    R"("max_recordings": {"type": "integer", "default": 20, "minimum": 1, "maximum": 1000,)"
    R"( "description": "How many recordings may be in progress at a time."},)"
    R"("max_duration_s": {"type": "integer", "default": 86400, "minimum": 0, "maximum": 604800,)"
    R"( "description": "Each recording ends after this many seconds; 0: no limit."},)"
    R"("max_bytes": {"type": "integer", "default": 0, "minimum": 0, "maximum": 4398046511104,)"
    R"( "description": "Each recording ends when its files reach this size; 0: no limit."},)"
    R"("idle_timeout_s": {"type": "integer", "default": 60, "minimum": 1, "maximum": 86400,)"
    R"( "description": "A recording ends when its room has been empty for this many seconds."},)"
    R"("min_free_bytes": {"type": "integer", "default": 268435456, "minimum": 0,)"
    R"( "maximum": 4398046511104, "description": "Recordings end, and none begins, when the disk has )"
    R"(less than this left."},)"
    R"("queue_bytes": {"type": "integer", "default": 67108864, "minimum": 65536,)"
    R"( "maximum": 1073741824, "description": "Memory for packets of one recording while its disk )"
    R"(stalls. Packets that do not fit become a gap."},)"
    R"("mix_bitrate_bps": {"type": "integer", "default": 48000, "minimum": 8000, "maximum": 256000,)"
    R"( "description": "The bit rate of the mix."},)"
    R"("max_age_s": {"type": "integer", "default": 0, "minimum": 0, "maximum": 315360000,)"
    R"( "description": "Recordings are deleted this many seconds after their end; 0: never."},)"
    R"("max_total_bytes": {"type": "integer", "default": 0, "minimum": 0,)"
    R"( "maximum": 1125899906842624, "description": "The oldest recordings are deleted when all together )"
    R"(are larger than this; 0: never."},)"
    R"("hook": {"type": "array", "default": [], "maxItems": 32,)"
    R"( "items": {"type": "string", "maxLength": 1024}, "description": "A command with its arguments, )"
    R"(run without a shell when a recording has ended: {manifest}, {directory}, {room}, {id}, {state} )"
    R"(are replaced."},)"
    R"("hook_timeout_s": {"type": "integer", "default": 300, "minimum": 1, "maximum": 86400,)"
    R"( "description": "The command is killed after this many seconds."}}})";

}  // namespace veche::recording

#undef WHAT_TO_RECORD
