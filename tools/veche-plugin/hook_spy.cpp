// SPDX-License-Identifier: Apache-2.0
// Tables that call the plugin's own, and check each answer.
#include "hook_spy.hpp"

#include <glib.h>
#include <veche/admission.h>
#include <veche/client_messages.h>

#include <cstring>
#include <utility>

#include "plugin/attributes_json.hpp"
#include "synthetic_control.hpp"

namespace veche::tool {
namespace {

// Of the plugin that is watched: hooks have no room for anything of the kit's. [control]
const veche_plugin_entry* own_entry = nullptr;
const veche_admission_policy* own_admission = nullptr;
const veche_client_messages* own_messages = nullptr;
veche_plugin_entry entry;
veche_admission_policy admission;
veche_client_messages messages;
std::string fault;

void note(const std::string& what) {
  if (fault.empty()) fault = what;
}

template <class T>
LargerElement<T> larger(const T& given) {
  LargerElement<T> element;
  element.known = given;
  element.known.struct_size = sizeof element;
  return element;
}

template <size_t kSize>
bool is_text(const char (&text)[kSize]) {
  const size_t length = strnlen(text, kSize);
  return length < kSize && g_utf8_validate(text, static_cast<gssize>(length), nullptr);
}

void judge(veche_status status, const LargerElement<veche_error>& error) {
  if (!error.is_whole()) note("it wrote behind the end of veche_error");
  if (status > VECHE_OK || status < VECHE_E_INTERNAL) {
    note("it returned " + std::to_string(status) + ", which is no veche_status");
  }
  if (status == VECHE_OK) return;
  if (error.known.message[0] == '\0') note("it refuses without a reason in veche_error");
  if (!is_text(error.known.message) || !is_text(error.known.pointer)) {
    note("its veche_error is not UTF-8, or has no end");
  }
}

void judge(const LargerElement<veche_admission>& left) {
  if (!left.is_whole()) note("it wrote behind the end of veche_admission");
  const veche_admission& now = left.known;
  for (const uint32_t flag : {now.muted, now.publish_audio, now.publish_video, now.subscribe}) {
    if (flag > 1) note("it leaves a flag that is " + std::to_string(flag) + ", not 0 or 1");
  }
  if (!now.attributes || plugin::read_attributes(now.attributes)) return;
  note("it leaves attributes that are no JSON object of strings");
}

veche_status admit(veche_plugin* self, const veche_admission_request* request,
                   veche_admission* result, veche_error* error) {
  const auto asked = larger(*request);
  auto left = larger(*result);
  auto told = larger(*error);
  const veche_status status = own_admission->admit(self, &asked.known, &left.known, &told.known);
  judge(status, told);
  if (status == VECHE_OK) judge(left);
  left.known.struct_size = result->struct_size;
  told.known.struct_size = error->struct_size;
  *result = left.known;
  *error = told.known;
  return status;
}

veche_status on_message(veche_plugin* self, const veche_client_message* message,
                        veche_error* error) {
  const auto sent = larger(*message);
  auto told = larger(*error);
  const veche_status status = own_messages->on_message(self, &sent.known, &told.known);
  judge(status, told);
  told.known.struct_size = error->struct_size;
  *error = told.known;
  return status;
}

const void* get_extension(const char* id) {
  const void* const table = own_entry->get_extension(id);
  if (table && strcmp(id, VECHE_EXT_ADMISSION) == 0) {
    own_admission = static_cast<const veche_admission_policy*>(table);
    admission = *own_admission;
    if (admission.admit) admission.admit = admit;
    return &admission;
  }
  if (table && strcmp(id, VECHE_EXT_CLIENT_MESSAGES) == 0) {
    own_messages = static_cast<const veche_client_messages*>(table);
    messages = *own_messages;
    if (messages.on_message) messages.on_message = on_message;
    return &messages;
  }
  return table;
}

}  // namespace

plugin::Candidate watch_hooks(plugin::Candidate candidate) {
  own_entry = candidate.entry;
  entry = *own_entry;
  entry.get_extension = get_extension;
  candidate.entry = &entry;
  fault.clear();
  return candidate;
}

std::string take_hook_fault() { return std::exchange(fault, {}); }

}  // namespace veche::tool
