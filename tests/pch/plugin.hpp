// SPDX-License-Identifier: Apache-2.0
// For tests of the plugin host, compiled once.
#include "../unit/plugin/services_fixture.hpp"
#include "unit_test.hpp"
