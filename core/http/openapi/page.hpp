// SPDX-License-Identifier: Apache-2.0
// An OpenAPI document as a page for people. Pure.
#pragma once

#include <string>

#include "http/protocol/message.hpp"

namespace veche::http {

/// Plain HTML without scripts, made from the document, which is one of ours.
std::string plain_page(const std::string& document);
/// A page that loads RapiDoc from `script`, which shows the document at `document_url`.
std::string viewer_page(const std::string& script, const std::string& document_url);

/// 200 with one of these pages, under a policy that allows what it needs, and nothing else.
Response plain_response(std::string page);
Response viewer_response(std::string page);

}  // namespace veche::http
