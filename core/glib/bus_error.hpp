// SPDX-License-Identifier: Apache-2.0
// What an error on the bus of a pipeline says.
#pragma once

#include <gst/gst.h>

#include <string>

namespace veche::glib {

/// "element: message", and in parentheses the detail that elements add for developers, which often
/// is all that tells what failed. `message` is a GST_MESSAGE_ERROR.
std::string bus_error(GstMessage* message);

}  // namespace veche::glib
