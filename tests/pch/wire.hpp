// SPDX-License-Identifier: Apache-2.0
// For tests of the wire path, compiled once.
#include "../unit/media/wire/reports_fixture.hpp"
#include "../unit/media/wire/wire_port_media_fixture.hpp"
#include "unit_test.hpp"
