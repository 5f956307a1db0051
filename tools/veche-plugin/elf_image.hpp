// SPDX-License-Identifier: Apache-2.0
// The memory of a shared library as it would be after relocation at address 0, read from its file.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace veche::tool {

/// Addresses are those of the file. The file is hostile: reads outside it find nothing.
class ElfImage {
 public:
  static Result<ElfImage> read(const std::string& path);

  /// The address of a defined dynamic symbol.
  std::optional<uint64_t> find(const std::string& symbol) const;
  /// A number at an address.
  template <class T>
  std::optional<T> value(uint64_t address) const {
    const char* memory = at(address, sizeof(T));
    if (!memory) return {};
    T value;
    memcpy(&value, memory, sizeof value);
    return value;
  }
  /// A pointer at an address. 0 also if it leads into another library.
  std::optional<uint64_t> pointer(uint64_t address) const;
  /// The text at an address, up to its 0.
  std::optional<std::string> text(uint64_t address) const;
  /// The libraries that it is linked with.
  const std::vector<std::string>& libraries() const { return libraries_; }

 private:
  struct Segment {
    uint64_t address, offset, size;
  };
  struct Symbol {
    std::string name;
    uint64_t address;
    bool defined;
  };
  ElfImage() = default;
  const char* at(uint64_t address, uint64_t size) const;
  bool read_segments();
  bool read_symbols();
  void read_dynamic();
  void relocate(uint64_t table, uint64_t size);

  std::vector<char> bytes_;
  std::vector<Segment> segments_;
  std::vector<Symbol> symbols_;
  std::vector<std::string> libraries_;
  std::map<uint64_t, uint64_t> pointers_;  ///< What relocations write, by address.
  uint64_t dynamic_ = 0, dynamic_size_ = 0;
};

}  // namespace veche::tool
