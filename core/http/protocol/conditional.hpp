// SPDX-License-Identifier: Apache-2.0
// Entity tags and conditional requests (RFC 9110, section 13). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "http/protocol/message.hpp"

namespace veche::http {

/// The tag of a room or a participant: a revision, which grows with what clients can change, and a
/// digest of the representation, which also holds what happens (who is connected, who fills a
/// slot).
class EntityTag {
 public:
  /// `made_unix_ms` tells apart things of the same name.
  EntityTag(int64_t made_unix_ms, uint64_t revision, const std::string& representation);

  /// The tag of a thing that has no revisions: any change makes it another one.
  explicit EntityTag(const std::string& text) : revision_(text), text_(text) {}

  const std::string& text() const { return text_; }  ///< With its quotes.

  /// If-Match asks whether somebody else changed it, so only the revision is compared. An empty
  /// header holds.
  bool matches(const std::string& if_match) const;
  /// If-None-Match asks whether a copy is still right, so everything is compared. An empty header
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
