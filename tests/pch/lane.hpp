// SPDX-License-Identifier: Apache-2.0
// For tests of the media layer's lanes, compiled once.
#include "../unit/media/lane/lane_fixture.hpp"
#include "unit_test.hpp"
