// SPDX-License-Identifier: Apache-2.0
// For tests of the configuration and the start, compiled once.
#include "../unit/main/parse_config.hpp"
#include "unit_test.hpp"
