// SPDX-License-Identifier: Apache-2.0
// What most files above core/base include from GStreamer and GLib, compiled once. Files still
// include what they use.
#include <gio/gio.h>
#include <gst/gst.h>
#include <json-glib/json-glib.h>

#include "base/pch/standard.hpp"
