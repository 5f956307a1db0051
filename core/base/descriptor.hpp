// SPDX-License-Identifier: Apache-2.0
// An open file descriptor that its owner closes, how many there are, and the three that every
// process should have.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <utility>

namespace veche {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }

  int get() const { return value_; }  ///< Negative: none.
  int release() { return std::exchange(value_, -1); }

 private:
  int value_ = -1;
};

/// [any] How many descriptors the process may have.
int64_t descriptor_limit();
/// [any] How many are taken, at least: the system hands out the lowest free number. All of them, if
/// none is free. `open`: any that is open.
int64_t taken_descriptors(int open);

/// Opens those of the descriptors 0 to 2 that are closed on /dev/null: otherwise the next file or
/// socket would get one of these numbers, and what the program prints or logs would go there. To be
/// called before anything else opens a descriptor.
void open_standard_descriptors();

}  // namespace veche
