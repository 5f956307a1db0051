// SPDX-License-Identifier: Apache-2.0
// Reads the fields that a commit sets, and walks the clusters of a file that is shorter than them.
#include "recording/file/media_info.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <span>

#include "recording/big_endian.hpp"
#include "recording/clock.hpp"
#include "recording/file/descriptor.hpp"
#include "recording/file/ebml.hpp"
#include "recording/file/io_failure.hpp"
#include "recording/file/matroska_head.hpp"
#include "recording/file/matroska_ids.hpp"

namespace veche::recording {

namespace {

struct Element {
  uint32_t id = 0;
  uint64_t data = 0, end = 0;  ///< Positions in the file.
};

class Reader {
 public:
  Reader(int fd, const std::string& name) : fd_(fd), name_(name) {}

  /// The element at a position, whose parent ends at `limit`; empty: there is none.
  std::optional<Element> element(uint64_t at, uint64_t limit) {
    const ebml::Bytes head = bytes(at, 12);
    size_t used = 0;
    const std::optional<uint64_t> id = number(head, used, 4, true);
    const std::optional<uint64_t> size = number(head, used, 8, false);
    if (!id || !size) return {};
    const Element found{static_cast<uint32_t>(*id), at + used, at + used + *size};
    if (found.data > limit || *size > limit - found.data) return {};
    return found;
  }

  std::optional<Element> find(uint32_t id, uint64_t at, uint64_t limit) {
    // Our files have it among the first elements; a hostile file is not walked to its end.
    for (int count = 0; count < 8; ++count) {
      const std::optional<Element> found = element(at, limit);
      if (!found || found->id == id) return found;
      at = found->end;
    }
    return {};
  }

  uint64_t big_endian(const Element& element) {
    return read_big_endian(bytes(element.data, std::min<uint64_t>(element.end - element.data, 8)));
  }

  std::string text(const Element& element) {
    const ebml::Bytes data =
        bytes(element.data, std::min<uint64_t>(element.end - element.data, 16));
    return {data.begin(), data.end()};
  }

 private:
  ebml::Bytes bytes(uint64_t at, size_t count) {
    ebml::Bytes out(count);
    const ssize_t got = ::pread(fd_, out.data(), count, static_cast<off_t>(at));
    if (got < 0) fail_io("read", name_, errno);
    out.resize(static_cast<size_t>(got));
    return out;
  }

  /// A number of variable length, with or without its marker; empty if it is truncated or
  /// "unknown".
  static std::optional<uint64_t> number(const ebml::Bytes& head, size_t& used, size_t longest,
                                        bool with_marker) {
    if (used >= head.size() || head[used] == 0) return {};
    const size_t length = static_cast<size_t>(std::countl_zero(head[used])) + 1;
    if (length > longest || used + length > head.size()) return {};
    uint64_t value = read_big_endian(std::span(head).subspan(used, length));
    used += length;
    if (with_marker) return value;
    const uint64_t unknown = (uint64_t{1} << (7 * length)) - 1;
    value &= unknown;
    if (value == unknown) return {};
    return value;
  }

  int fd_;
  const std::string& name_;
};

constexpr uint64_t kNoLimit = uint64_t{1} << 62;

/// The beginning of the last complete cluster.
int64_t walk(Reader& reader, uint64_t at, uint64_t file_bytes) {
  int64_t last_ms = 0;
  while (const std::optional<Element> found = reader.element(at, file_bytes)) {
    at = found->end;
    if (found->id != id::kCluster) continue;
    const std::optional<Element> time = reader.find(id::kTimestamp, found->data, found->end);
    if (time) last_ms = static_cast<int64_t>(reader.big_endian(*time) & INT32_MAX);
  }
  return last_ms;
}

std::string content_type(Reader& reader, const Element& ebml, const Element& segment) {
  const std::optional<Element> type = reader.find(id::kDocType, ebml.data, ebml.end);
  if (!type || reader.text(*type) != "webm") return "video/x-matroska";
  const std::optional<Element> tracks = reader.find(id::kTracks, segment.data, segment.end);
  if (!tracks) return "video/webm";
  const std::optional<Element> entry = reader.find(id::kTrackEntry, tracks->data, tracks->end);
  if (!entry) return "video/webm";
  const std::optional<Element> kind = reader.find(id::kTrackType, entry->data, entry->end);
  return kind && reader.big_endian(*kind) == 2 ? "audio/webm" : "video/webm";
}

}  // namespace

std::optional<MediaInfo> media_info(int dir_fd, const std::string& name) {
  // Without O_NONBLOCK, a FIFO of this name would block the thread.
  const Descriptor file(
      ::openat(dir_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) fail_io("open", name, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_io("look at", name, errno);
  if (!S_ISREG(status.st_mode)) return {};
  const uint64_t bytes = static_cast<uint64_t>(status.st_size);

  Reader reader(file.get(), name);
  const std::optional<Element> ebml = reader.element(0, bytes);
  if (!ebml || ebml->id != id::kEbml) return {};
  const std::optional<Element> segment = reader.element(ebml->end, kNoLimit);
  if (!segment || segment->id != id::kSegment) return {};
  const std::optional<Element> info = reader.find(id::kInfo, segment->data, segment->end);
  if (!info) return {};
  const std::optional<Element> duration = reader.find(id::kDuration, info->data, info->end);
  if (!duration) return {};

  MediaInfo found{.bytes = bytes, .content_type = content_type(reader, *ebml, *segment)};
  if (const auto date = reader.find(id::kDateUtc, info->data, info->end)) {
    found.started_unix_ms =
        static_cast<int64_t>(reader.big_endian(*date)) / kNsPerMs + kMatroskaEpochMs;
  }
  const double ms = std::bit_cast<double>(reader.big_endian(*duration));
  if (std::isfinite(ms) && ms >= 0 && ms < 1e12) found.duration_ms = static_cast<int64_t>(ms);
  // After a power cut the fields may be on the disk without the end of the data.
  if (bytes < segment->end) {
    found.duration_ms = std::min(found.duration_ms, walk(reader, segment->data, bytes));
  }
  return found;
}

}  // namespace veche::recording
