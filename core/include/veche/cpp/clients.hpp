// SPDX-License-Identifier: Apache-2.0
// The traits for clients' messages and for admission.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "../admission.h"
#include "../client_messages.h"
#include "instance.hpp"
#include "values.hpp"

namespace veche {

/// One message of a client. Borrowed until the hook returns.
struct ClientMessage {
  std::string_view room, participant;
  uint64_t participant_id;
  Values values;
};

/// `void on_message(const ClientMessage&)` [control]; what it throws is the client's answer: see
/// veche_client_messages.on_message. If wanted `static constexpr const char* kMessageSchema`.
struct ClientMessages {
  static constexpr const char* kId = VECHE_EXT_CLIENT_MESSAGES;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static constexpr const char* schema() {
      if constexpr (requires { P::kMessageSchema; }) return P::kMessageSchema;
      return nullptr;
    }
    static constexpr veche_client_messages kTable = {
        sizeof(veche_client_messages), 0, schema(),
        [](veche_plugin* self, const veche_client_message* message, veche_error* error) {
          return detail::reported(error, [&] {
            detail::Instance<P>::of(self).plugin.on_message(
                ClientMessage{message->room, message->participant, message->participant_id,
                              Values(message->values)});
          });
        }};
  };
};

/// With what a participant joins, as it was asked for, and as the plugin leaves it.
struct Admission : veche_admission {
  /// Replaces the attributes of the request by a JSON object of strings; "": they stay.
  std::string attributes_json;
};

/// `void admit(const veche_admission_request&, Admission&)` [control]; what it throws refuses the
/// participant: see veche_admission_policy.admit.
struct Doorkeeper {
  static constexpr const char* kId = VECHE_EXT_ADMISSION;
  static constexpr const char* kNeeds = nullptr;

  template <class P>
  struct Traits {
    static veche_status admit(veche_plugin* self, const veche_admission_request* request,
                              veche_admission* admission, veche_error* error) {
      // On control, which alone admits.
      static std::string attributes;
      Admission own{*admission, ""};
      const veche_status status = detail::reported(
          error, [&] { detail::Instance<P>::of(self).plugin.admit(*request, own); });
      attributes = std::move(own.attributes_json);
      *admission = static_cast<const veche_admission&>(own);
      admission->attributes = attributes.empty() ? nullptr : attributes.c_str();
      return status;
    }
    static constexpr veche_admission_policy kTable = {sizeof(veche_admission_policy), 0, admit};
  };
};

}  // namespace veche
