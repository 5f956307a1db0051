// SPDX-License-Identifier: Apache-2.0
// Follows the pointers of the entry in the file's image.
#include "inspect.hpp"

#include <veche/plugin.h>

#include <algorithm>
#include <vector>

#include "elf_image.hpp"
#include "glib/json_schema.hpp"
#include "plugin/elf_exports.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/version.hpp"

namespace veche::tool {
namespace {

constexpr size_t kMaxListLength = 64;
const std::string kEntry = "veche_plugin_entry_1";

void add_line(std::string& text, std::string name, const std::string& value) {
  name.resize(12, ' ');
  text += name + value + "\n";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  // The file may be damaged, and control characters command terminals.
  for (const std::string& word : words) {
    text += text.empty() ? "" : " ";
    for (const char c : plugin::plugin_text(word.c_str())) text += c > 0 && c < ' ' ? '?' : c;
  }
  return text.empty() ? "(nothing)" : text;
}

class Entry {
 public:
  Entry(const ElfImage& image, uint64_t address) : image_(image), address_(address) {}

  uint32_t number(size_t offset) const {
    return image_.value<uint32_t>(address_ + offset).value_or(0);
  }
  /// Nothing for null, and for text that cannot be read.
  std::optional<std::string> text(size_t offset) const {
    return text_at(image_.pointer(address_ + offset).value_or(0));
  }
  std::string list(size_t offset) const {
    const uint64_t array = image_.pointer(address_ + offset).value_or(0);
    if (array == 0) return "(null)";
    std::vector<std::string> words;
    for (size_t i = 0; i < kMaxListLength; ++i) {
      const auto word = text_at(image_.pointer(array + i * sizeof(uint64_t)).value_or(0));
      if (!word) break;
      words.push_back(*word);
    }
    return joined(words);
  }

 private:
  std::optional<std::string> text_at(uint64_t address) const {
    if (address == 0) return {};
    const auto text = image_.text(address);
    if (!text) return {};
    return plugin::plugin_text(text->c_str());
  }

  const ElfImage& image_;
  const uint64_t address_;
};

}  // namespace

Result<std::string> inspect(const std::string& path) {
  auto exports = plugin::read_elf_exports(path);
  if (!exports) return exports.error();
  auto image = ElfImage::read(path);
  if (!image) return image.error();
  const auto address = image->find(kEntry);
  if (!address) {
    return invalid("exports no symbol " + kEntry + ", but: " + joined(*exports));
  }
  const Entry entry(*image, *address);
  const auto shown = [&](size_t offset) { return entry.text(offset).value_or("(null)"); };

  std::string text;
  add_line(text, "file", path);
  add_line(text, "id", shown(offsetof(veche_plugin_entry, id)));
  add_line(text, "version", shown(offsetof(veche_plugin_entry, version)));
  add_line(text, "license", shown(offsetof(veche_plugin_entry, license)));
  add_line(text, "summary", shown(offsetof(veche_plugin_entry, summary)));
  add_line(text, "interface",
           plugin::abi_version(entry.number(offsetof(veche_plugin_entry, abi_minor))) +
               ", this program knows " + plugin::abi_version(VECHE_ABI_MINOR));
  add_line(text, "offers", entry.list(offsetof(veche_plugin_entry, offers)));
  add_line(text, "needs", entry.list(offsetof(veche_plugin_entry, needs)));
  add_line(text, "exports", joined(*exports));
  add_line(text, "libraries", joined(image->libraries()));
  const auto schema = entry.text(offsetof(veche_plugin_entry, config_schema));
  add_line(text, "schema", schema ? *schema : "(none: it has no configuration)");
  if (schema) {
    if (auto parsed = glib::JsonSchema::parse(*schema); !parsed)
      add_line(text, "", "refused by the server: " + parsed.error().message);
  }
  return text;
}

}  // namespace veche::tool
