// SPDX-License-Identifier: Apache-2.0
// Decides when to commit a Matroska file, and writes the commits to the disk.
#include "recording/file/media_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <exception>

#include "recording/file/io_failure.hpp"
#include "recording/file/matroska_head.hpp"

namespace veche::recording {

namespace {

const char* type_of(const Format& format) {
  if (format.codec == Codec::Opus) return "audio/webm";
  return is_webm(format) ? "video/webm" : "video/x-matroska";
}

/// Runs one step of an ending that goes on after failures, and keeps the first of them.
template <class Step>
bool attempt(std::exception_ptr& first, Step&& step) {
  try {
    step();
    return true;
  } catch (const Failure&) {
    if (!first) first = std::current_exception();
    return false;
  }
}

}  // namespace

MediaFile::MediaFile(int dir_fd, const std::string& stem, const Format& format,
                     const std::string& title, int64_t started_unix_ms)
    : matroska_(format, title, started_unix_ms),
      content_type_(type_of(format)),
      directory_(::fcntl(dir_fd, F_DUPFD_CLOEXEC, 0)),
      file_(dir_fd, stem + (is_webm(format) ? ".webm" : ".mkv")) {
  if (!directory_) fail_io("keep the folder open of", name(), errno);
  const Matroska::Write header = matroska_.header();
  file_.write(header.position, header.bytes);
  file_.sync();
}

void MediaFile::write(const Frame& frame) {
  // A backlog is longer than the time between two ticks: the disk decides whether it is too much.
  if (matroska_.pending() && matroska_.pending_bytes() + frame.bytes.size() > kMaxPendingBytes) {
    commit();
  }
  matroska_.add(frame);
  if (!due_since_ns_) due_since_ns_ = last_tick_ns_;
}

void MediaFile::tick(int64_t now_ns) {
  last_tick_ns_ = now_ns;
  if (!due_since_ns_ || now_ns - *due_since_ns_ < kCommitEveryNs) return;
  due_since_ns_ = now_ns;  // A failed commit is tried again after the same time.
  commit();
  if (!marks_unsynced_) due_since_ns_.reset();
}

void MediaFile::commit() {
  file_.check_exists();
  if (matroska_.pending()) {
    perform(matroska_.commit());
    matroska_.committed();
  } else if (marks_unsynced_) {
    file_.sync();
    marks_unsynced_ = false;
  }
}

void MediaFile::perform(const Matroska::Commit& commit) {
  file_.write(commit.data.position, commit.data.bytes);
  file_.sync();
  for (const Matroska::Write& mark : commit.marks) file_.write(mark.position, mark.bytes);
  marks_unsynced_ = true;
}

void MediaFile::finish() {
  std::exception_ptr failure;
  if (!attempt(failure, [&] { commit(); })) {
    matroska_.drop_pending();
    attempt(failure, [&] { file_.truncate(matroska_.end()); });
  }
  const Matroska::Commit index = matroska_.finish();
  if (attempt(failure, [&] { perform(index); })) {
    index_bytes_ = index.data.bytes.size();
  } else {
    attempt(failure, [&] { file_.truncate(matroska_.end()); });
  }
  attempt(failure, [&] { file_.sync(); });
  attempt(failure, [&] {
    if (::fsync(directory_.get()) != 0) fail_io("put on the disk the folder of", name(), errno);
  });
  due_since_ns_.reset();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace veche::recording
