// SPDX-License-Identifier: Apache-2.0
// What the routes answer, for the API's document. views.cpp writes it.
#pragma once

#define COUNT R"({"type": "integer"})"
#define PART R"({"type": "number"})"
#define NAME R"({"type": "string"})"
#define YES R"({"type": "boolean"})"
#define MODE R"({"type": "string", "enum": ["off", "protect", "all"]})"
#define QUALITY R"({"type": "string", "enum": ["unknown", "good", "fair", "poor"]})"
#define REASON                                                                     \
  R"({"type": "string", "enum": ["", "loss", "congestion", "overload", "delay", )" \
  R"("listener-loss", "listener-congestion", "ceiling"], )"                        \
  R"("description": "Why it is not better, or why it is protected; empty: nothing is wrong."})"

#define SLOT                                                                             \
  R"({"type": "object", "required": ["slot", "participant", "gets", "redundancy", )"     \
  R"("retransmission", "price_bps", "reason"], "properties": {"slot": )" COUNT           \
  R"(, "participant": )" NAME                                                            \
  R"(, "gets": {"type": "string", "enum": ["all", "nothing"]}, "redundancy": )"          \
  R"({"type": ["integer", "null"], "description": "Packets before it that each packet )" \
  R"(repeats; null: what the publisher repeats."}, )"                                    \
  R"("retransmission": )" YES                                                            \
  R"(, "price_bps": {"type": "integer", "description": "Unprotected, with headers."}, )" \
  R"("reason": )" REASON "}}"

#define LISTENER                                                                           \
  R"("quality": )" QUALITY R"(, "reason": )" REASON                                        \
  R"(, "link": {"type": "string", "enum": ["unknown", "reports", "feedback"]}, )"          \
  R"("capacity_bps": {"type": "integer", "description": "Proven; 0: not known."}, )"       \
  R"("at_limit": )" YES R"(, "used_bps": )" COUNT                                          \
  R"(, "budget_bps": {"type": "integer", "description": "0: nothing is held back."}, )"    \
  R"("wish_bps": {"type": "integer", "description": "What is probed for; 0: nothing."}, )" \
  R"("queue_ms": )" COUNT R"(, "round_trip_ms": )" COUNT R"(, "loss": )" PART              \
  R"(, "loss_floor": )" PART                                                               \
  R"(, "shedding": {"type": "integer", "description": "1: no redundancy, 2: no )"          \
  R"(retransmission either, 3: one slot in the largest rooms; 0: its lane has time."}, )"  \
  R"("slots": {"type": "array", "items": )" SLOT "}"
#define LISTENER_NAMES                                                                                 \
  R"("quality", "reason", "link", "capacity_bps", "at_limit", "used_bps", "budget_bps", "wish_bps", )" \
  R"("queue_ms", "round_trip_ms", "loss", "loss_floor", "shedding", "slots")"

#define TRACK                                                                          \
  R"("track": )" COUNT R"(, "listeners": )" COUNT R"(, "bitrate_bps": )" COUNT         \
  R"(, "loss": )" PART                                                                 \
  R"(, "max_bitrate_bps": {"type": "integer", "description": "0: as it likes."}, )"    \
  R"("packet_ms": {"type": "integer", "description": "0: as it likes."}, "dtx": )" YES \
  R"(, "reported_loss": )" PART R"(, "reason": )" REASON
#define TRACK_NAMES                                                                  \
  R"("track", "listeners", "bitrate_bps", "loss", "max_bitrate_bps", "packet_ms", )" \
  R"("dtx", "reported_loss", "reason")"

#define SAMPLE                                                                         \
  R"({"type": "object", "required": ["time_unix_ms", "quality", "capacity_bps", )"     \
  R"("used_bps", "budget_bps", "queue_ms", "loss", "slots_on", "slots_cut", )"         \
  R"("redundancy"], "properties": {"time_unix_ms": )" COUNT R"(, "quality": )" QUALITY \
  R"(, "capacity_bps": )" COUNT R"(, "used_bps": )" COUNT R"(, "budget_bps": )" COUNT  \
  R"(, "queue_ms": )" COUNT R"(, "loss": )" PART R"(, "slots_on": )" COUNT             \
  R"(, "slots_cut": )" COUNT R"(, "redundancy": )" COUNT "}}"

namespace veche::adaptive {

inline constexpr char kRoomAnswer[] =
    R"({"200": {"description": "The room now.", "schema": {"type": "object", )"
    R"("required": ["room", "mode", "listeners", "publishers"], "properties": {"room": )" NAME
    R"(, "mode": )" MODE R"(, "listeners": {"type": "array", "items": {"type": "object", )"
    R"("required": ["participant", )" LISTENER_NAMES R"(], "properties": {"participant": )" NAME
    ", " LISTENER R"(}}}, "publishers": {"type": "array", "items": {"type": "object", )"
    R"("required": ["participant", )" TRACK_NAMES R"(], "properties": {"participant": )" NAME
    ", " TRACK R"(}}}}}}, "404": {"description": "There is no such room."}})";

inline constexpr char kParticipantAnswer[] =
    R"({"200": {"description": "The participant now, and in its last minute.", "schema": )"
    R"({"type": "object", "required": ["participant", "mode", )" LISTENER_NAMES
    R"(, "tracks", "history"], "properties": {"participant": )" NAME R"(, "mode": )" MODE
    ", " LISTENER
    R"(, "tracks": {"type": "array", "items": {"type": "object", "required": [)" TRACK_NAMES
    R"(], "properties": {)" TRACK
    R"(}}}, "history": {"type": "array", "description": "One sample a second, the oldest first.", )"
    R"("items": )" SAMPLE
    R"(}}}}, "404": {"description": "There is no such room, or no such participant in it."}})";

}  // namespace veche::adaptive

#undef SAMPLE
#undef TRACK_NAMES
#undef TRACK
#undef LISTENER_NAMES
#undef LISTENER
#undef SLOT
#undef REASON
#undef QUALITY
#undef MODE
#undef YES
#undef NAME
#undef PART
#undef COUNT
