// SPDX-License-Identifier: Apache-2.0
// The certificate with which the API is served over TLS.
#pragma once

#include <gio/gio.h>

#include <string>

#include "base/result.hpp"
#include "glib/ref.hpp"

namespace veche::http {

/// PEM files; empty: no TLS.
struct TlsFiles {
  std::string certificate;  ///< Followed by those that lead to its root.
  std::string key;

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

/// Null without files. InvalidArgument names the file and what is wrong with it, or that the two do
/// not belong together. An expired certificate causes only a warning: a server with one is of more
/// use than none.
Result<glib::Ref<GTlsCertificate>> load_certificate(const TlsFiles& files);

}  // namespace veche::http
