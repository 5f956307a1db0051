// SPDX-License-Identifier: Apache-2.0
// The JSON schemas of everything that clients send, in the subset that glib/json_schema.hpp checks.
#pragma once

#include <string>

namespace veche::http {

// clang-format off
inline const std::string kOpenObject = R"({"type": "object", "additionalProperties": true})";
inline const std::string kNames = R"({"type": "array", "items": {"type": "string"}})";
inline const std::string kPublish =
    R"({"type": "array", "maxItems": 2, "items": {"type": "string", "enum": ["audio", "video"]}})";
inline const std::string kSlots = R"({"type": "object", "properties": {
    "audio": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 0},
    "video": {"type": "integer", "minimum": 0, "maximum": 1000, "default": 0}}})";
inline const std::string kPermissions = R"({"type": "object", "properties": {
    "publish": )" + kPublish + R"(,
    "subscribe": {"type": "boolean"}}})";

/// The plugins' parts are open here; each plugin checks its own.
inline const std::string kRoomSchema = R"({"type": "object", "properties": {
    "max_participants": {"type": "integer", "minimum": 1, "maximum": 1000000},
    "empty_timeout_s": {"type": "integer", "minimum": 0, "maximum": 31536000},
    "media_path": {"type": "string", "enum": ["wire", "pipeline"]},
    "metadata": )" + kOpenObject + R"(},
    "additionalProperties": )" + kOpenObject + "}";

inline const std::string kPluginPatchSchema =
    R"({"type": "object", "properties": {"enabled": {"type": "boolean"}}})";

inline const std::string kDrainSchema =
    R"({"type": "object", "properties": {"deadline_s": {"type": "integer", "minimum": 0, "maximum": 86400}}})";

inline const std::string kHeadersSchema =
    R"({"type": "object", "properties": {"seconds": {"type": "integer", "minimum": 1, "maximum": 600, "default": 60}}})";

inline const std::string kInvitationSchema = R"({"type": "object", "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "metadata": )" + kOpenObject + R"(,
    "permissions": )" + kPermissions + R"(,
    "slots": )" + kSlots + R"(,
    "token_ttl_s": {"type": "integer", "minimum": 60, "maximum": 86400, "default": 21600}}})";

inline const std::string kParticipantPatchSchema = R"({"type": "object", "properties": {
    "name": {"type": "string"},
    "metadata": )" + kOpenObject + R"(,
    "permissions": )" + kPermissions + R"(,
    "slots": )" + kSlots + R"(,
    "muted": {"type": "boolean"},
    "pinned": )" + kNames + R"(,
    "blocked": )" + kNames + "}}";

inline const std::string kClaimsSchema =
    R"({"type": "object", "additionalProperties": true, "properties": {
    "name": {"type": "string"},
    "metadata": )" + kOpenObject + R"(,
    "publish": )" + kPublish + R"(,
    "subscribe": {"type": "boolean"},
    "slots": )" + kSlots + "}}";

inline const std::string kCommandSchema =
    R"({"type": "object", "required": ["id", "type", "data"], "properties": {
    "id": {"type": "integer"},
    "type": {"type": "string", "enum": ["mute", "pin", "block"]},
    "data": )" + kOpenObject + "}}";

inline const std::string kMuteSchema =
    R"({"type": "object", "required": ["muted"], "properties": {"muted": {"type": "boolean"}}})";

inline const std::string kNamesSchema =
    R"({"type": "object", "required": ["participants"], "properties": {"participants": )" + kNames +
    "}}";
// clang-format on

}  // namespace veche::http
