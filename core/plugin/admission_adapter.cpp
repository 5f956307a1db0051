// SPDX-License-Identifier: Apache-2.0
// Shows the plugin a participant's settings, and takes back what it has made of them.
#include "plugin/admission_adapter.hpp"

#include <utility>

#include "base/log.hpp"
#include "glib/fields.hpp"
#include "glib/json.hpp"
#include "plugin/attributes_json.hpp"
#include "plugin/hook_call.hpp"
#include "room/room.hpp"
#include "room/server.hpp"

namespace veche::plugin {

Status AdmissionAdapter::check(const veche_admission_policy& table) {
  return check_members({{"admit", table.admit != nullptr}});
}

Result<std::unique_ptr<Adapter>> AdmissionAdapter::bind(const veche_admission_policy& table,
                                                        const Binding& binding) {
  return std::unique_ptr<Adapter>(
      new AdmissionAdapter(binding.request.name, table, binding.self, binding.timers));
}

AdmissionAdapter::AdmissionAdapter(std::string name, const veche_admission_policy& table,
                                   veche_plugin* self, HookTimers& timers)
    : name_(std::move(name)),
      table_(table),
      self_(self),
      admit_(timers.on_control("admission.admit")) {}

void AdmissionAdapter::give(media::Engine&, room::Server& rooms) {
  rooms.plugin_hooks().add(*this);
}

void AdmissionAdapter::leave(room::Server& rooms) { rooms.plugin_hooks().remove(*this); }

Status AdmissionAdapter::admit(const room::Room& room, const std::string& participant,
                               room::ParticipantSettings& settings) {
  // A copy: the plugin may end the room.
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const std::string room_name = room.id();
  return admit(room_name, static_cast<uint32_t>(room.participants().size()), participant, settings);
}

Status AdmissionAdapter::admit(const std::string& room, uint32_t participant_count,
                               const std::string& participant,
                               room::ParticipantSettings& settings) {
  const std::string attributes = attributes_json(settings.attributes);
  veche_admission_request request{};
  request.struct_size = sizeof request;
  request.participant_count = participant_count;
  request.room = room.c_str();
  request.participant = participant.c_str();
  request.name = settings.name.c_str();
  request.metadata = settings.metadata.c_str();
  request.attributes = attributes.c_str();
  veche_admission admission{};
  admission.struct_size = sizeof admission;
  admission.muted = settings.muted_by_backend ? 1 : 0;
  admission.publish_audio = settings.permissions.publish_audio ? 1 : 0;
  admission.publish_video = settings.permissions.publish_video ? 1 : 0;
  admission.subscribe = settings.permissions.subscribe ? 1 : 0;
  admission.max_speakers = settings.max_audio_slots;
  veche_error error = make_error();
  const auto admitted =
      call_hook(admit_, [&] { return table_.admit(self_, &request, &admission, &error); });
  if (!admitted) return refusal(admitted.error());
  if (*admitted != VECHE_OK) {
    error.code = *admitted;
    const bool is_full = *admitted == VECHE_E_EXHAUSTED;
    return Error{is_full ? ErrorCode::Exhausted : ErrorCode::PermissionDenied,
                 to_error(error, name_).message};
  }
  settings.muted_by_backend = admission.muted != 0;
  settings.permissions = {admission.publish_audio != 0, admission.publish_video != 0,
                          admission.subscribe != 0};
  settings.max_audio_slots = admission.max_speakers;
  if (!admission.attributes) return Ok{};
  auto replaced = read_attributes(admission.attributes);
  if (!replaced) return refusal(replaced.error());
  settings.attributes = *std::move(replaced);
  return Ok{};
}

/// Nobody joins while the plugin cannot decide.
Status AdmissionAdapter::refusal(const Error& why) const {
  log::error(name_, "nobody is admitted: " + why.message);
  return Error{ErrorCode::Unavailable,
               "The plugin \"" + name_ + "\" cannot decide now who may join."};
}

}  // namespace veche::plugin
