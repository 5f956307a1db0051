// SPDX-License-Identifier: Apache-2.0
// A recursive walk over EBML elements of known size.
#include "matroska_walk.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

namespace veche::recording {

namespace {

class Walker {
 public:
  explicit Walker(const std::vector<uint8_t>& file) : file_(file) {}

  WalkedFile run() {
    size_t at = 0;
    const size_t ebml_end = head(at, 0x1A45DFA3, file_.size());
    at = ebml_end;
    const size_t end = head(at, 0x18538067, file_.size());
    segment_ = at;
    out_.segment_end = end;
    while (at < end) element(at, end);
    tail(end);
    return out_;
  }

 private:
  [[noreturn]] static void fail(const std::string& why, size_t at) {
    throw std::runtime_error(why + " at " + std::to_string(at));
  }

  uint64_t number(size_t& at, bool with_marker) {
    if (at >= file_.size() || file_[at] == 0) fail("no number", at);
    const int length = std::countl_zero(file_[at]) + 1;
    if (at + static_cast<size_t>(length) > file_.size()) fail("a number is cut", at);
    uint64_t value = 0;
    for (int i = 0; i < length; ++i) value = value << 8 | file_[at++];
    const uint64_t mask = (uint64_t{1} << (7 * length)) - 1;
    if (!with_marker && (value & mask) == mask) fail("an unknown size", at);
    return with_marker ? value : value & mask;
  }

  /// Leaves `at` at the data; returns the end.
  size_t head(size_t& at, uint64_t expected, size_t limit) {
    const uint64_t id = number(at, true);
    if (expected != 0 && id != expected) fail("another element than expected", at);
    id_ = id;
    const uint64_t size = number(at, false);
    if (size > limit - at) fail("an element is cut", at);
    return at + size;
  }

  uint64_t value(size_t at, size_t end) const {
    uint64_t value = 0;
    while (at < end) value = value << 8 | file_[at++];
    return value;
  }

  void element(size_t& at, size_t limit) {
    const size_t begin = at;
    const size_t end = head(at, 0, limit);
    switch (id_) {
      case 0x1F43B675: out_.clusters.push_back(begin - segment_); [[fallthrough]];
      case 0x1C53BB6B:
        if (id_ == 0x1C53BB6B && begin == seek_cues_) out_.index_is_found = true;
        [[fallthrough]];
      case 0x114D9B74:
      case 0x4DBB:
      case 0x1549A966:
      case 0xBB:
      case 0xB7:
        while (at < end) element(at, end);
        break;
      case 0x53AB: seek_id_ = value(at, end); break;
      case 0x53AC:
        if (seek_id_ == 0x1C53BB6B) seek_cues_ = segment_ + value(at, end);
        break;
      case 0x4489: out_.duration_ms = std::bit_cast<double>(value(at, end)); break;
      case 0xE7:
        cluster_ms_ = static_cast<int64_t>(value(at, end));
        out_.cluster_times_ms.push_back(cluster_ms_);
        break;
      case 0xA3: block(at); break;
      case 0xB3: out_.cue_times_ms.push_back(static_cast<int64_t>(value(at, end))); break;
      case 0xF1: out_.cues.push_back(value(at, end)); break;
      case 0xF7:
      case 0xEC:
      case 0x1654AE6B:
      case 0x2AD7B1:
      case 0x4461:
      case 0x4D80:
      case 0x5741: break;
      default: fail("an unknown element", begin);
    }
    at = end;
  }

  void block(size_t at) {
    if (file_[at] != 0x81) fail("a block of another track", at);
    const auto relative = static_cast<int16_t>(value(at + 1, at + 3));
    out_.times_ms.push_back(cluster_ms_ + relative);
    out_.keys.push_back((file_[at + 3] & 0x80) != 0);
  }

  /// Nothing, or a zero, after which readers look for the next cluster: it and what follows must be
  /// whole. Or whole elements that are about to become part of the file.
  void tail(size_t at) {
    if (at < file_.size() && file_[at] == 0) {
      static const uint8_t kCluster[] = {0x1F, 0x43, 0xB6, 0x75};
      const auto from = file_.begin() + static_cast<std::ptrdiff_t>(at);
      at = static_cast<size_t>(
          std::search(from, file_.end(), std::begin(kCluster), std::end(kCluster)) - file_.begin());
    }
    while (at < file_.size()) {
      const size_t end = head(at, 0, file_.size());
      if (id_ != 0x1F43B675 && id_ != 0x1C53BB6B) fail("rubbish behind the Segment", at);
      at = end;
    }
  }

  const std::vector<uint8_t>& file_;
  WalkedFile out_;
  size_t segment_ = 0;
  uint64_t id_ = 0, seek_id_ = 0, seek_cues_ = 0;
  int64_t cluster_ms_ = 0;
};

}  // namespace

WalkedFile walk(const std::vector<uint8_t>& file) { return Walker(file).run(); }

}  // namespace veche::recording
