// SPDX-License-Identifier: Apache-2.0
// Numbers of variable length, and elements made of them.
#include "recording/file/ebml.hpp"

#include <bit>

#include "recording/big_endian.hpp"

namespace veche::recording::ebml {

namespace {

int bytes_of(uint64_t value) { return value == 0 ? 1 : (std::bit_width(value) + 7) / 8; }

void put_size_in(Bytes& out, uint64_t size, int bytes) {
  put_big_endian(out, (uint64_t{1} << (7 * bytes)) | size, bytes);
}

}  // namespace

void put_id(Bytes& out, uint32_t id) { put_big_endian(out, id, bytes_of(id)); }

void put_size(Bytes& out, uint64_t size) {
  int bytes = 1;
  // A size of all ones means "unknown".
  while (size >= (uint64_t{1} << (7 * bytes)) - 1) ++bytes;
  put_size_in(out, size, bytes);
}

void put_wide_size(Bytes& out, uint64_t size) { put_size_in(out, size, 8); }

void put_uint(Bytes& out, uint32_t id, uint64_t value) {
  put_id(out, id);
  put_size(out, static_cast<uint64_t>(bytes_of(value)));
  put_big_endian(out, value, bytes_of(value));
}

void put_wide_uint(Bytes& out, uint32_t id, uint64_t value) {
  put_id(out, id);
  put_size(out, 8);
  put_big_endian(out, value, 8);
}

void put_float(Bytes& out, uint32_t id, double value) {
  put_wide_uint(out, id, std::bit_cast<uint64_t>(value));
}

void put_text(Bytes& out, uint32_t id, std::string_view text) {
  put_id(out, id);
  put_size(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

void put_bytes(Bytes& out, uint32_t id, std::span<const uint8_t> data) {
  put_id(out, id);
  put_size(out, data.size());
  out.insert(out.end(), data.begin(), data.end());
}

void put_void(Bytes& out, uint8_t total) {
  out.push_back(0xEC);
  put_size(out, total - 2U);
  out.insert(out.end(), total - 2U, 0);
}

}  // namespace veche::recording::ebml
