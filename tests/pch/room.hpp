// SPDX-License-Identifier: Apache-2.0
// For tests of rooms on the fake media layer, compiled once.
#include "../unit/room/room_fixture.hpp"
#include "unit_test.hpp"
