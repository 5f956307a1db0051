// SPDX-License-Identifier: Apache-2.0
// The three descriptors that every process should have.
#include "base/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <string>

namespace veche {
namespace {

std::string target_of(int number) {
  std::array<char, 64> target{};
  const std::string link = "/proc/self/fd/" + std::to_string(number);
  return ::readlink(link.c_str(), target.data(), target.size() - 1) < 0 ? "" : target.data();
}

/// In a child: closes the descriptors of `closed`, has the missing ones opened, and says whether
/// exactly these are /dev/null then, and the next file gets another number.
[[noreturn]] void check_in_child(const std::string& closed) {
  std::array<std::string, 3> before;
  for (int number = 0; number < 3; ++number) {
    before.at(static_cast<size_t>(number)) = target_of(number);
    if (closed.find(std::to_string(number)) != std::string::npos) ::close(number);
  }
  open_standard_descriptors();
  bool good = Descriptor(::open("/proc/self/stat", O_RDONLY)).get() > 2;
  for (int number = 0; number < 3; ++number) {
    const bool was_closed = closed.find(std::to_string(number)) != std::string::npos;
    const std::string wanted = was_closed ? "/dev/null" : before.at(static_cast<size_t>(number));
    good &= target_of(number) == wanted;
    if (was_closed && number > 0) good &= ::write(number, "x", 1) == 1;
  }
  std::_Exit(good ? 0 : 1);
}

TEST(Descriptor, OpensTheStandardOnesThatAreClosed) {
  for (const std::string closed : {"012", "0", "1", "2", "02", ""}) {
    EXPECT_EXIT(check_in_child(closed), testing::ExitedWithCode(0), "") << "closed: " << closed;
  }
}

}  // namespace
}  // namespace veche
