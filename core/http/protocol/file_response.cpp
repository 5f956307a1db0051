// SPDX-License-Identifier: Apache-2.0
// Evaluates the conditions of a request for a file, and its range.
#include "http/protocol/file_response.hpp"

#include <libsoup/soup.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "http/protocol/byte_range.hpp"
#include "http/protocol/conditional.hpp"
#include "http/protocol/problem.hpp"

namespace veche::http {
namespace {

struct DateDeleter {
  void operator()(GDateTime* date) const { g_date_time_unref(date); }
};
using DatePtr = std::unique_ptr<GDateTime, DateDeleter>;

/// Every change of the file changes its tag. The inode number tells the file from another one that
/// has replaced it.
EntityTag tag_of(const struct stat& info) {
  char text[96];
  std::snprintf(text, sizeof text, "\"%llx-%llx-%llx.%lx\"",
                static_cast<unsigned long long>(info.st_ino),
                static_cast<unsigned long long>(info.st_size),
                static_cast<unsigned long long>(info.st_mtim.tv_sec), info.st_mtim.tv_nsec);
  return EntityTag(text);
}

std::string date_of(const struct stat& info) {
  const DatePtr date(g_date_time_new_from_unix_utc(info.st_mtim.tv_sec));
  const glib::StringPtr text(date ? soup_date_time_to_string(date.get(), SOUP_DATE_HTTP) : nullptr);
  return text ? text.get() : "";
}

/// Whether the file has changed since the date of a header; nothing without a valid one.
std::optional<bool> changed_since(const std::string& header, const struct stat& info) {
  if (header.empty()) return std::nullopt;
  const DatePtr date(soup_date_time_new_from_http_string(header.c_str()));
  if (!date) return std::nullopt;
  return info.st_mtim.tv_sec > g_date_time_to_unix(date.get());
}

/// If-Unmodified-Since and If-Modified-Since count only where there is no tag to compare.
bool is_another(const Conditions& conditions, const EntityTag& tag, const struct stat& info) {
  if (!conditions.if_match.empty()) return !tag.matches(conditions.if_match);
  return changed_since(conditions.if_unmodified_since, info).value_or(false);
}
bool is_known(const Conditions& conditions, const EntityTag& tag, const struct stat& info) {
  if (!conditions.if_none_match.empty()) return tag.is_known(conditions.if_none_match);
  return !changed_since(conditions.if_modified_since, info).value_or(true);
}

/// A date in If-Range never holds: a file may change twice within a second, and there is a tag.
ByteRange range_of(const Conditions& conditions, const EntityTag& tag, uint64_t size) {
  const bool holds = conditions.if_range.empty() || conditions.if_range == tag.text();
  return holds ? read_byte_range(conditions.range, size) : ByteRange{};
}

}  // namespace

Response file_response(const Conditions& conditions, const plugin::HttpFile& file,
                       const std::string& content_type) {
  const auto size = static_cast<uint64_t>(file.info.st_size);
  const EntityTag tag = tag_of(file.info);
  if (is_another(conditions, tag, file.info)) {
    return problem(412, "The file is not the one that If-Match or If-Unmodified-Since asks for.");
  }
  Response response{.status = 304};
  response.header("ETag", tag.text()).header("Last-Modified", date_of(file.info));
  response.header("Cache-Control", "no-cache");
  if (is_known(conditions, tag, file.info)) return response;

  const ByteRange range = range_of(conditions, tag, size);
  const std::string total = std::to_string(size);
  if (range.kind == ByteRange::Kind::Unsatisfiable) {
    return problem(416, "The file has " + total + " bytes.")
        .header("Content-Range", "bytes */" + total);
  }
  response.header("Accept-Ranges", "bytes");
  if (!file.name.empty()) {
    response.header("Content-Disposition", "attachment; filename=\"" + file.name + "\"");
  }
  response.content_type = content_type;
  if (range.kind == ByteRange::Kind::Part) {
    response.status = 206;
    response.file = FileBody{file.descriptor, range.first, range.last - range.first + 1};
    response.header("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                         std::to_string(range.last) + "/" + total);
  } else {
    response.status = 200;
    response.file = FileBody{file.descriptor, 0, size};
  }
  return response;
}

}  // namespace veche::http
