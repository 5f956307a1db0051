// SPDX-License-Identifier: Apache-2.0
// The extension veche.client-messages/1 as the room layer's ClientMessages.
#pragma once

#include <veche/client_messages.h>

#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "glib/json_schema.hpp"
#include "plugin/adapter.hpp"
#include "plugin/extension_table.hpp"
#include "room/plugin_hooks.hpp"

namespace veche::plugin {

/// [control] all of it.
class ClientMessagesAdapter final : public Adapter, public room::ClientMessages {
 public:
  using Table = veche_client_messages;
  static constexpr char kId[] = VECHE_EXT_CLIENT_MESSAGES;
  static constexpr bool kExclusive = false;
  static constexpr uint32_t kFirstSize = size_up_to(offsetof(veche_client_messages, on_message));
  static constexpr size_t kMaxBytes = size_t{4} * 1024;
  static Status check(const veche_client_messages& table);
  static Result<std::unique_ptr<Adapter>> bind(const veche_client_messages& table,
                                               const Binding& binding);

  /// `name` is the plugin's in the configuration. The table is checked. Table, plugin and timers
  /// outlive the adapter.
  ClientMessagesAdapter(std::string name, const veche_client_messages& table, veche_plugin* self,
                        HookTimers& timers);

  void give(media::Engine& engine, room::Server& rooms) override;
  void leave(room::Server& rooms) override;

  std::string name() const override { return name_; }
  Status take_message(const room::Room& room, const room::Participant& sender,
                      const std::string& json) override;
  /// The same, of a sender that need not exist.
  Status take_message(const std::string& room, const std::string& sender, ParticipantId number,
                      const std::string& json);

 private:
  const std::string name_;
  const veche_client_messages& table_;
  const std::optional<glib::JsonSchema> schema_;
  veche_plugin* const self_;
  HookTimer& on_message_;
};

}  // namespace veche::plugin
