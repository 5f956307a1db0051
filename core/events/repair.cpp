// SPDX-License-Identifier: Apache-2.0
// The new log is whole before it takes the old one's place: an interrupted repair loses nothing.
#include "events/repair.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/rfc3339.hpp"
#include "events/store.hpp"
#include "glib/json.hpp"

namespace veche::events {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffixes[] = {"-wal", "-shm"};

/// The last id that the corrupt log still tells; 0: none.
uint64_t newest_of(const std::string& file) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  const DatabasePtr database(raw);
  if (code != SQLITE_OK) return 0;
  int64_t newest = 0;
  for (const char* sql :
       {"SELECT max(id) FROM events", "SELECT value FROM meta WHERE name = 'newest_id'"}) {
    const Result<int64_t> found = integer_of(raw, sql);
    if (found) newest = std::max(newest, *found);
  }
  return static_cast<uint64_t>(newest);
}

/// "20261129T205600Z": without the characters that file names elsewhere must not have.
std::string stamp_of(int64_t unix_ms) {
  std::string stamp = rfc3339(unix_ms);
  stamp.resize(stamp.find('.'));
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  return stamp + "Z";
}

Event gap_until(uint64_t id, const std::string& moved_to, int64_t now_unix_ms) {
  Event gap{.id = id, .seq = 1, .time_unix_ms = now_unix_ms, .type = kGapType};
  gap.data = glib::JsonWriter()
                 .begin_object()
                 .key("from")
                 .integer(1)
                 .key("to")
                 .integer(static_cast<int64_t>(id))
                 .key("reason")
                 .string("repaired")
                 .key("moved_to")
                 .string(moved_to)
                 .end_object()
                 .text();
  return gap;
}

Status make_log(const std::string& file, const Event& first, int64_t now_unix_ms) {
  Result<std::unique_ptr<Store>> store = Store::open(file, {}, Check::Whole);
  if (!store) return store.error();
  Status written = (*store)->write({{first}, {}}, now_unix_ms);
  (*store)->close();
  return written;
}

}  // namespace

Result<std::string> repair(const std::string& file, int64_t now_unix_ms) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return not_found("there is no event log " + file + "; the server makes one when it starts");
  }
  const Result<std::unique_ptr<Store>> sound = Store::open(file, {}, Check::Whole);
  if (sound) return "the event log " + file + " is sound: nothing was changed";
  if (sound.error().code != ErrorCode::Internal) return sound.error();

  const uint64_t known = newest_of(file);
  const uint64_t newest = known > 0 ? known : static_cast<uint64_t>(now_unix_ms);
  const std::string aside = file + ".corrupt-" + stamp_of(now_unix_ms), fresh = file + ".new";
  const Event gap = gap_until(newest + 1, fs::path(aside).filename().string(), now_unix_ms);
  fs::remove(fresh, error);
  if (Status made = make_log(fresh, gap, now_unix_ms); !made) return made.error();
  const auto move = [&error](const std::string& from, const std::string& to) {
    if (!error) fs::rename(from, to, error);
  };
  error.clear();
  // Changes that belong to the old file must not meet the new one.
  for (const char* suffix : kSuffixes) {
    if (fs::exists(file + suffix)) move(file + suffix, aside + suffix);
  }
  move(file, aside);
  move(fresh, file);
  if (error) {
    return Error{ErrorCode::Unavailable,
                 "the event log " + file + " cannot be moved to " + aside + ": " + error.message()};
  }
  return "the corrupt event log is now " + aside + "; " + file + " is new, and begins with event " +
         std::to_string(newest + 1);
}

}  // namespace veche::events
