// SPDX-License-Identifier: Apache-2.0
// Checks what clients send, and turns the plugin's refusals into their answers.
#include "plugin/client_messages_adapter.hpp"

#include <utility>

#include "base/log.hpp"
#include "glib/json.hpp"
#include "plugin/hook_call.hpp"
#include "plugin/values.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::plugin {
namespace {

Result<std::optional<glib::JsonSchema>> read_schema(const veche_client_messages& table) {
  if (!table.schema) return std::optional<glib::JsonSchema>();
  Result<glib::JsonSchema> schema = glib::JsonSchema::parse(table.schema);
  if (!schema) return invalid("the schema is refused: " + schema.error().message);
  return std::optional(std::move(*schema));
}

}  // namespace

Status ClientMessagesAdapter::check(const veche_client_messages& table) {
  if (const auto schema = read_schema(table); !schema) return schema.error();
  return check_members({{"on_message", table.on_message != nullptr}});
}

Result<std::unique_ptr<Adapter>> ClientMessagesAdapter::bind(const veche_client_messages& table,
                                                             const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new ClientMessagesAdapter(binding.request.name, table, binding.self, binding.timers));
}

ClientMessagesAdapter::ClientMessagesAdapter(std::string name, const veche_client_messages& table,
                                             veche_plugin* self, HookTimers& timers)
    : name_(std::move(name)),
      table_(table),
      schema_(read_schema(table).value()),
      self_(self),
      on_message_(timers.on_control("client_messages.on_message")) {}

void ClientMessagesAdapter::give(media::Engine&, room::Server& rooms) {
  rooms.plugin_hooks().add(*this);
}

void ClientMessagesAdapter::leave(room::Server& rooms) { rooms.plugin_hooks().remove(*this); }

Status ClientMessagesAdapter::take_message(const room::Room& room, const room::Participant& sender,
                                           const std::string& json) {
  // Copies: the plugin may end both. NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::string room_name = room.id(), name = sender.id();
  return take_message(room_name, name, sender.number(), json);
}

Status ClientMessagesAdapter::take_message(const std::string& room, const std::string& sender,
                                           ParticipantId number, const std::string& json) {
  if (json.size() > kMaxBytes) {
    return invalid("A message to a plugin has at most " + std::to_string(kMaxBytes) + " bytes.");
  }
  Result<glib::JsonPtr> parsed = glib::parse_json(json);
  if (!parsed || !JSON_NODE_HOLDS_OBJECT(parsed->get())) {
    return invalid("A message to a plugin is a JSON object.");
  }
  if (schema_) {
    std::vector<FieldProblem> problems = schema_->apply(parsed->get(), true);
    if (!problems.empty()) {
      return Error{ErrorCode::InvalidArgument, "The message is not what " + name_ + " expects.",
                   std::move(problems)};
    }
  }
  const Values values(*std::move(parsed));
  veche_client_message message{};
  message.struct_size = sizeof message;
  message.room = room.c_str();
  message.participant = sender.c_str();
  message.participant_id = number.value;
  message.values = values.table();
  veche_error error = make_error();
  const auto taken =
      call_hook(on_message_, [&] { return table_.on_message(self_, &message, &error); });
  if (!taken) return taken.error();
  if (*taken == VECHE_OK) return Ok{};
  error.code = *taken;
  Error refused = to_error(error, name_);
  // Of anything but an answer to the client, the log has the details.
  if (refused.code == ErrorCode::Unsupported) refused.code = ErrorCode::Internal;
  return refused;
}

}  // namespace veche::plugin
