// SPDX-License-Identifier: Apache-2.0
// For tests of the event log, compiled once.
#include "../unit/events/webhooks/webhooks_fixture.hpp"
#include "events/log.hpp"
#include "unit_test.hpp"
