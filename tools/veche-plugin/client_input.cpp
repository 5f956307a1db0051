// SPDX-License-Identifier: Apache-2.0
// Makes up what clients and backends send.
#include "client_input.hpp"

#include <limits>

#include "room/checks.hpp"
#include "schema_variants.hpp"

namespace veche::tool {
namespace {

constexpr size_t kLongName = 64;
constexpr int kDeep = 50;

std::string nested() {
  std::string text;
  for (int i = 0; i < kDeep; ++i) text += R"({"a":)";
  return text + "1" + std::string(kDeep, '}');
}

}  // namespace

std::vector<Guest> make_guests() {
  std::vector<Guest> guests{{"lobby", "ann", 0, {}},
                            {"lobby", "~.-_", 1, {}},
                            {std::string(kLongName, 'r'), std::string(kLongName, 'p'), 2, {}},
                            // It has left, and comes again.
                            {"lobby", "ann", 0, {}},
                            {"lobby", "bob", std::numeric_limits<uint32_t>::max(), {}}};
  Guest silent{"lobby", "carol", 3, {}};
  silent.settings.muted_by_backend = true;
  silent.settings.permissions = {false, false, false};
  silent.settings.max_audio_slots = std::numeric_limits<uint32_t>::max();
  guests.push_back(silent);
  Guest strange{"lobby", "dan", 4, {}};
  strange.settings.name = "\x01\x7f%s%n\xf0\x9f\x98\x80\"}<script>";
  strange.settings.metadata = R"({"text":"\u0000\ud83d\ude00","list":[1,2.5,null,{"a":[]}]})";
  strange.settings.attributes = {
      {"role", ""}, {"a-b", "\n\"}%n"}, {"x", std::string(room::kMaxAttributeBytes, 'v')}};
  guests.push_back(strange);
  strange.settings.name = std::string(256, 'n');
  strange.settings.metadata = R"({"long":")" + std::string(16'000, 'x') + R"("})";
  for (int i = 0; strange.settings.attributes.size() < room::kMaxAttributes; ++i) {
    strange.settings.attributes["a" + std::to_string(i)] = "1";
  }
  guests.push_back(strange);
  strange.settings.metadata = nested();
  strange.settings.attributes.clear();
  guests.push_back(strange);
  return guests;
}

std::vector<std::string> make_messages(const char* schema) {
  std::vector<std::string> all;
  const auto add = [&all](const std::vector<Variant>& variants) {
    for (const Variant& variant : variants) all.push_back(variant.config);
  };
  if (const auto fitting = schema ? make_fitting(schema) : std::nullopt) {
    all.push_back(*fitting);
    add(limit_variants(schema, *fitting));
    add(hostile_variants(schema, *fitting));
    add(invalid_variants(schema, *fitting));
  }
  all.insert(all.end(), {"{}", nested(), R"({"a":"\u0000","":null,"b":[[[{}]]]})",
                         R"({"n":1e308,"i":9223372036854775807,"m":-9223372036854775808})",
                         R"({"a":1,"a":"2"})", R"({"long":")" + std::string(4000, 'x') + R"("})",
                         R"({"long":")" + std::string(8000, 'x') + R"("})", "[]", "{", ""});
  return all;
}

const char* message_schema(const plugin::Candidate& candidate) {
  const void* table = candidate.entry->get_extension(VECHE_EXT_CLIENT_MESSAGES);
  return static_cast<const veche_client_messages*>(table)->schema;
}

void use_once(plugin::PluginInstance& instance) {
  if (auto* const door = instance.find<plugin::AdmissionAdapter>()) {
    static_cast<void>(make_guests().front().ask(*door));
  }
  if (auto* const taker = instance.find<plugin::ClientMessagesAdapter>()) {
    const auto messages = make_messages(message_schema(instance.candidate()));
    static_cast<void>(taker->take_message("lobby", "ann", ParticipantId{1}, messages.front()));
  }
}

}  // namespace veche::tool
