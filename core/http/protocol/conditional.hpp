// SPDX-License-Identifier: Apache-2.0
// Entity tags and conditional requests (RFC 9110, section 13). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/protocol/message.hpp"

namespace veche::http {

/// The tag of a room or a participant: a revision, which grows with what clients can change, and a
/// digest of the representation, which also shows events (a participant connects, a slot is
/// filled).
class EntityTag {
 public:
  /// `made_unix_ms` tells apart resources that had the same name one after the other.
  EntityTag(int64_t made_unix_ms, uint64_t revision, const std::string& representation);

  /// The tag of a resource without revisions: every change changes the tag.
  explicit EntityTag(const std::string& text) : revision_(text), text_(text) {}

  const std::string& text() const { return text_; }  ///< With its quotes.

  /// If-Match asks whether another client changed the resource, so only the revision is compared.
  /// An empty header holds.
  bool matches(const std::string& if_match) const;
  /// If-None-Match asks whether a copy is still current, so everything is compared. An empty header
  /// is false.
  bool is_known(const std::string& if_none_match) const;

 private:
  std::string revision_;  ///< What the text begins with.
  std::string text_;
};

/// 412 if the request's If-Match or If-None-Match forbids a change of what exists (or, with null,
/// does not exist).
std::optional<Response> refuse_change(const Request& request, const EntityTag* existing);

/// 200 with the representation and its tag, or 304.
Response conditional_response(const Request& request, const EntityTag& tag, std::string json);

}  // namespace veche::http
