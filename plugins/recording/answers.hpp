// SPDX-License-Identifier: Apache-2.0
// What the routes answer, for the API's document. file/manifest_json.cpp writes the manifests.
#pragma once

#define TEXT R"({"type": "string"})"
#define TEXTS R"({"type": "array", "items": {"type": "string"}})"
#define COUNT R"({"type": "integer"})"
#define STAMP R"({"type": "string", "format": "date-time"})"
#define SPAN R"("start_ms": )" COUNT R"(, "end_ms": )" COUNT

#define FILE_ENTRY                                                                                 \
  R"({"type": "object", "required": ["name", "content_type", "bytes"], "properties": {)"           \
  R"("name": )" TEXT R"(, "content_type": )" TEXT R"(, "bytes": )" COUNT R"(, "start_ms": )" COUNT \
  R"(, "duration_ms": )" COUNT                                                                     \
  R"(, "sha256": {"type": "string", "description": "Once the file is complete."}}})"

#define GAP                                                                                  \
  R"({"type": "object", "required": ["start_ms", "end_ms", "reason"], "properties": {)" SPAN \
  R"(, "reason": {"type": "string", "enum": ["no-packets", "muted", "loss", "disk"]}}})"

#define TRACK_ENTRY                                                                                \
  R"({"type": "object", "required": ["id", "participant", "kind", "lost", "dropped"],)"            \
  R"( "properties": {"id": )" TEXT R"(, "participant": )" TEXT R"(, "name": )" TEXT                \
  R"(, "kind": {"type": "string", "enum": ["audio", "video"]}, "codec": )" TEXT                    \
  R"(, "file": {"type": "string", "description": "Empty: the track is in the mix alone."}, )" SPAN \
  R"(, "packets": )" COUNT R"(, "lost": )" COUNT R"(, "dropped": )" COUNT R"(, "late": )" COUNT    \
  R"(, "refused": )" COUNT R"(, "left_out": )" COUNT R"(, "incomplete": )" COUNT                   \
  R"(, "foreign": )" COUNT R"(, "mix_dropped": )" COUNT R"(, "mix_failed": )" COUNT                \
  R"(, "restarts": )" COUNT R"(, "problem": )" TEXT R"(, "detail": )" TEXT                         \
  R"(, "level_dbov": {"type": "integer", "description": "Of the last second; 0 the loudest."},)"   \
  R"( "gaps": {"type": "array", "items": )" GAP R"(}, "more_gaps": )" COUNT "}}"

#define SPEECH_ENTRY                                                         \
  R"({"type": "object", "required": ["participant", "start_ms", "end_ms"],)" \
  R"( "properties": {"participant": )" TEXT ", " SPAN "}}"

#define TIMES                                                                            \
  R"("incarnation": )" TEXT R"(, "started_at": )" STAMP R"(, "started_unix_ms": )" COUNT \
  R"(, "ended_at": )" STAMP R"(, "ended_unix_ms": )" COUNT R"(, "duration_ms": )" COUNT  \
  R"(, "clock_step_ms": )" COUNT

/// Lists leave out gaps and speech.
#define RECORDING                                                                                 \
  R"({"type": "object", "required": ["format", "id", "room", "state", "duration_ms", "files",)"   \
  R"( "tracks"], "properties": {"format": )" TEXT R"(, "id": )" TEXT R"(, "room": )" TEXT         \
  R"(, "state": {"type": "string", "enum": ["recording", "finished", "failed", "interrupted"]},)" \
  R"( "detail": )" TEXT R"(, "ended_by": )" TEXT R"(, "modes": )" TEXTS R"(, "kinds": )" TEXTS    \
  R"(, "participants": )" TEXTS ", " TIMES R"(, "files": {"type": "array", "items": )" FILE_ENTRY \
  R"(}, "tracks": {"type": "array", "items": )" TRACK_ENTRY R"(}, "more_tracks": )" COUNT         \
  R"(, "more_files": )" COUNT R"(, "speech": {"type": "array", "items": )" SPEECH_ENTRY "}}}"

#define NOT_FOUND R"("404": {"description": "There is no such recording."})"
#define STORAGE R"("503": {"description": "The disk fails, or a limit is reached."})"

namespace veche::recording {

inline constexpr char kBegun[] =
    R"({"201": {"description": "The recording in progress.", "schema": )" RECORDING
    R"(}, "404": {"description": "There is no such room."}, )" STORAGE
    R"(, "507": {"description": "The disk is full."}})";

inline constexpr char kPage[] =
    R"({"200": {"description": "A page.", "schema": {"type": "object",)"
    R"( "required": ["recordings", "next_cursor"], "properties": {"recordings": {"type": "array",)"
    R"( "items": )" RECORDING R"(}, "next_cursor": {"type": "string",)"
    R"( "description": "Where the next page begins; empty: this is the last one."}}}},)"
    R"( "400": {"description": "The query is wrong."}})";

inline constexpr char kOne[] = R"({"200": {"description": "The recording.", "schema": )" RECORDING
                               "}, " NOT_FOUND ", " STORAGE "}";

inline constexpr char kFile[] =
    R"({"200": {"description": "The file.", "content_types": ["*/*"]},)"
    R"( "206": {"description": "A part of it.", "content_types": ["*/*"]},)"
    R"( "304": {"description": "It is what the client has."}, )" NOT_FOUND
    R"(, "412": {"description": "It is not what the client has."},)"
    R"( "416": {"description": "It ends before the range begins."}, )" STORAGE "}";

inline constexpr char kRemoved[] =
    R"({"204": {"description": "The recording is gone."}, )" NOT_FOUND
    R"(, "409": {"description": "It is in progress: stop it first."}, )" STORAGE "}";

#define LIMIT_AND_CURSOR                                                          \
  R"("limit": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},)" \
  R"( "cursor": {"type": "string", "description": "The next_cursor of the last page."})"

/// control/query.cpp reads them.
inline constexpr char kAllQuery[] = R"({"type": "object", "properties": {)" LIMIT_AND_CURSOR "}}";
inline constexpr char kRoomQuery[] =
    R"({"type": "object", "properties": {)" LIMIT_AND_CURSOR
    R"(, "incarnations": {"type": "string", "enum": ["current", "all"], "default": "current",)"
    R"( "description": "Of the room as it exists now, or of all that had its name."}}})";

}  // namespace veche::recording

#undef LIMIT_AND_CURSOR
#undef STORAGE
#undef NOT_FOUND
#undef RECORDING
#undef TIMES
#undef SPEECH_ENTRY
#undef TRACK_ENTRY
#undef GAP
#undef FILE_ENTRY
#undef SPAN
#undef STAMP
#undef COUNT
#undef TEXTS
#undef TEXT
