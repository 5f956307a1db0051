// SPDX-License-Identifier: Apache-2.0
// Sorts errno by what an operator can do about it.
#include "recording/file/io_failure.hpp"

#include <cerrno>
#include <system_error>

namespace veche::recording {

namespace {

struct Advice {
  veche_status code;
  const char* what;
};

Advice advice(int error) {
  switch (error) {
    case ENOSPC: return {VECHE_E_EXHAUSTED, "free space on the disk"};
    case EDQUOT: return {VECHE_E_EXHAUSTED, "free space or raise the quota of the server's user"};
    case EFBIG: return {VECHE_E_EXHAUSTED, "raise the limit on the size of files"};
    case EMFILE:
    case ENFILE: return {VECHE_E_EXHAUSTED, "raise the limit on open files"};
    case ENOENT: return {VECHE_E_GONE, "it does not exist, or was removed"};
    case EACCES:
    case EPERM: return {VECHE_E_INTERNAL, "give the server's user the right to write there"};
    case EROFS: return {VECHE_E_INTERNAL, "mount it writable, or choose another directory"};
    case ELOOP: return {VECHE_E_INTERNAL, "symbolic links are not followed"};
    default: return {VECHE_E_INTERNAL, "look at the disk and the system's log"};
  }
}

}  // namespace

void fail_io(const char* action, const std::string& name, int error) {
  const Advice found = advice(error);
  throw IoFailure(found.code,
                  std::string("cannot ") + action + " " + name + ": " +
                      std::generic_category().message(error) + "; " + found.what,
                  error);
}

const char* reason_of(const std::exception& failure) noexcept {
  const auto* io = dynamic_cast<const IoFailure*>(&failure);
  switch (io ? io->error() : 0) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return "disk-full";
    case EMFILE:
    case ENFILE: return "too-many-files";
    default: return "failure";
  }
}

}  // namespace veche::recording
