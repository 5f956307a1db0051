// SPDX-License-Identifier: Apache-2.0
// For tests of the HTTP layer, compiled once.
#include "../unit/http/api/event_log_fixture.hpp"
#include "../unit/http/connection/downloads_fixture.hpp"
#include "../unit/http/http_fixture.hpp"
#include "glib/json_node.hpp"
#include "unit_test.hpp"
