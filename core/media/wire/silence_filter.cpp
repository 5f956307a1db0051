// SPDX-License-Identifier: Apache-2.0
// A classic BPF program, which needs no privilege: parses RTP's first bytes (RFC 3550), then the
// elements of the header extension in the one-byte form (RFC 8285), of which one is the level.
#include "media/wire/silence_filter.hpp"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>

namespace veche::media {
namespace {

// Indices of the sockets, in the order in which they were bound.
constexpr uint32_t kFirst = 0, kSecond = 1;

constexpr size_t kElements = 4;  // The most that a session negotiates, one of them the level.
constexpr size_t kHeaderSize = 11, kElementSize = 9;
constexpr size_t kLevel = kHeaderSize + kElements * kElementSize + 1, kNotSilent = kLevel + 4;

class Program {
 public:
  constexpr Program() {
    header();
    for (size_t i = 0; i < kElements; ++i) element();
    put(BPF_JMP | BPF_JA, kNotSilent - size_ - 1);
    level();
    put(BPF_RET | BPF_K, kFirst);
  }
  std::array<sock_filter, kNotSilent + 1> steps{};

 private:
  // A: the current number. X: the offset of the element. M[0]: the end of the extension.
  constexpr void header() {
    put(BPF_LD | BPF_B | BPF_ABS, 0);
    put(BPF_ALU | BPF_AND | BPF_K, 0xdf);  // With or without padding.
    only_if(BPF_JEQ | BPF_K, 0x90);        // Version 2, an extension, no CSRCs.
    put(BPF_LD | BPF_H | BPF_ABS, 12);
    only_if(BPF_JEQ | BPF_K, 0xbede);
    put(BPF_LD | BPF_H | BPF_ABS, 14);
    put(BPF_ALU | BPF_LSH | BPF_K, 2);
    put(BPF_ALU | BPF_ADD, 16);
    put(BPF_ST, 0);  // To M[0].
    put(BPF_LDX | BPF_IMM, 16);
    put(BPF_LD | BPF_MEM, 0);
  }
  constexpr void element() {
    only_if(BPF_JGT | BPF_X, 0);
    put(BPF_LD | BPF_B | BPF_IND, 0);
    jump_if(BPF_JEQ | BPF_K, kSilenceExtension << 4, kLevel);  // And a length of one byte.
    jump_if(BPF_JEQ | BPF_K, 0, kNotSilent);                   // Padding.
    put(BPF_ALU | BPF_AND | BPF_K, 0x0f);
    put(BPF_ALU | BPF_ADD, 2);
    put(BPF_ALU | BPF_ADD | BPF_X, 0);
    put(BPF_MISC | BPF_TAX, 0);
    put(BPF_LD | BPF_MEM, 0);
  }
  constexpr void level() {
    put(BPF_LD | BPF_B | BPF_IND, 1);
    put(BPF_ALU | BPF_AND | BPF_K, 0x7f);
    only_if(BPF_JGE | BPF_K, kLoudestSilence);
    put(BPF_RET | BPF_K, kSecond);
  }

  constexpr void put(uint16_t code, uint32_t operand) { steps[size_++] = {code, 0, 0, operand}; }
  constexpr void jump_if(uint16_t condition, uint32_t operand, size_t to) {
    const auto far = static_cast<uint8_t>(to - size_ - 1);
    steps[size_++] = {static_cast<uint16_t>(BPF_JMP | condition), far, 0, operand};
  }
  /// Otherwise it is not silent.
  constexpr void only_if(uint16_t condition, uint32_t operand) {
    const auto far = static_cast<uint8_t>(kNotSilent - size_ - 1);
    steps[size_++] = {static_cast<uint16_t>(BPF_JMP | condition), 0, far, operand};
  }

  size_t size_ = 0;
};

constexpr Program kProgram;

}  // namespace

bool split_silence(int descriptor) noexcept {
  auto steps = kProgram.steps;
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) ==
         0;
}

}  // namespace veche::media
