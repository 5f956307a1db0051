// SPDX-License-Identifier: Apache-2.0
// What most files of rooms and of the layers above include, compiled once. Files still include what
// they use.
#include "glib/json.hpp"
#include "glib/pch/gstreamer.hpp"
#include "glib/shown.hpp"
#include "room/server.hpp"
