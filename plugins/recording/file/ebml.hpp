// SPDX-License-Identifier: Apache-2.0
// Writes elements of EBML (RFC 8794), the encoding of Matroska and WebM.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace veche::recording::ebml {

using Bytes = std::vector<uint8_t>;

void put_id(Bytes& out, uint32_t id);
/// In as few bytes as possible.
void put_size(Bytes& out, uint64_t size);
/// Always 8 bytes, so that another size can overwrite it.
void put_wide_size(Bytes& out, uint64_t size);

void put_uint(Bytes& out, uint32_t id, uint64_t value);
/// Always 8 bytes of data.
void put_wide_uint(Bytes& out, uint32_t id, uint64_t value);
void put_float(Bytes& out, uint32_t id, double value);
void put_text(Bytes& out, uint32_t id, std::string_view text);
void put_bytes(Bytes& out, uint32_t id, std::span<const uint8_t> data);
/// Space that readers skip; `total` bytes with its header, 2 to 128.
void put_void(Bytes& out, uint8_t total);

}  // namespace veche::recording::ebml
