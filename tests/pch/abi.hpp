// SPDX-License-Identifier: Apache-2.0
// For tests of the host with real plugins, compiled once.
#include "../abi/host_fixture.hpp"
#include "unit_test.hpp"
