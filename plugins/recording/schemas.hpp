// SPDX-License-Identifier: Apache-2.0
// What an operator, a room's policy and a request may say, as JSON Schema.
#pragma once

#define WHAT_TO_RECORD                                                                           \
  R"("modes": {"type": "array", "default": ["tracks"], "minItems": 1, "maxItems": 2,)"           \
  R"( "items": {"enum": ["tracks", "mix"]},)"                                                    \
  R"( "description": "tracks: each track as it came, in a file of its own. mix: one file with )" \
  R"(everybody's audio."},)"                                                                     \
  R"( "kinds": {"type": "array", "default": ["audio", "video"], "minItems": 1, "maxItems": 2,)"  \
  R"( "items": {"enum": ["audio", "video"]}, "description": "Which tracks."},)"                  \
  R"( "participants": {"type": "array", "default": [], "maxItems": 256,)"                        \
  R"( "items": {"type": "string", "minLength": 1, "maxLength": 64},)"                            \
  R"( "description": "Only these people; empty: everybody."},)"                                  \
  R"( "max_duration_s": {"type": "integer", "default": 0, "minimum": 0, "maximum": 604800,)"     \
  R"( "description": "It ends after so long; 0: no limit but the server's."},)"                  \
  R"( "max_bytes": {"type": "integer", "default": 0, "minimum": 0, "maximum": 4398046511104,)"   \
  R"( "description": "It ends when its files are so large; 0: no limit but the server's."})"

namespace veche::recording {

inline constexpr char kRequestSchema[] =
    R"({"type": "object", "properties": {)" WHAT_TO_RECORD "}}";

inline constexpr char kRoomSchema[] =
    R"({"type": "object", "properties": {"auto": {"type": "boolean", "default": false,)"
    R"( "description": "Record whenever somebody is in the room."},)" WHAT_TO_RECORD "}}";

inline constexpr char kConfigSchema[] =
    R"({"type": "object", "properties": {)"
    R"("directory": {"type": "string", "default": "recordings", "minLength": 1, "maxLength": 1024,)"
    R"( "description": "Where recordings are kept; made if it is not there. Relative to the server's )"
    R"(working directory."},)"
    R"("name": {"type": "string", "default": "{room}/{date}-{time}-{id}", "minLength": 1,)"
    R"( "maxLength": 256, "description": "The folder of a recording below directory: {room}, {id}, )"
    R"({date}, {time}, {year}, {month}, {day}. It must contain {id}."},)"
    R"("max_recordings": {"type": "integer", "default": 20, "minimum": 1, "maximum": 1000,)"
    R"( "description": "How many may be in progress at a time."},)"
    R"("max_duration_s": {"type": "integer", "default": 86400, "minimum": 0, "maximum": 604800,)"
    R"( "description": "Each recording ends after so long; 0: no limit."},)"
    R"("max_bytes": {"type": "integer", "default": 0, "minimum": 0, "maximum": 4398046511104,)"
    R"( "description": "Each recording ends when its files are so large; 0: no limit."},)"
    R"("idle_timeout_s": {"type": "integer", "default": 60, "minimum": 1, "maximum": 86400,)"
    R"( "description": "A recording ends when its room was empty for so long."},)"
    R"("min_free_bytes": {"type": "integer", "default": 268435456, "minimum": 0,)"
    R"( "maximum": 4398046511104, "description": "Recordings end, and none begins, when the disk has )"
    R"(less than this left."},)"
    R"("queue_bytes": {"type": "integer", "default": 67108864, "minimum": 65536,)"
    R"( "maximum": 1073741824, "description": "Memory for packets of one recording while its disk is )"
    R"(slow. What does not fit is a gap."},)"
    R"("mix_bitrate_bps": {"type": "integer", "default": 48000, "minimum": 8000, "maximum": 256000,)"
    R"( "description": "Of the mix."},)"
    R"("max_age_s": {"type": "integer", "default": 0, "minimum": 0, "maximum": 315360000,)"
    R"( "description": "Recordings are deleted when they ended so long ago; 0: never."},)"
    R"("max_total_bytes": {"type": "integer", "default": 0, "minimum": 0,)"
    R"( "maximum": 1125899906842624, "description": "The oldest are deleted when all are larger than )"
    R"(this; 0: never."},)"
    R"("hook": {"type": "array", "default": [], "maxItems": 32,)"
    R"( "items": {"type": "string", "maxLength": 1024}, "description": "A command with its arguments, )"
    R"(run without a shell when a recording has ended: {manifest}, {directory}, {room}, {id}, {state} )"
    R"(are replaced."},)"
    R"("hook_timeout_s": {"type": "integer", "default": 300, "minimum": 1, "maximum": 86400,)"
    R"( "description": "The command is killed after so long."}}})";

}  // namespace veche::recording

#undef WHAT_TO_RECORD
