// SPDX-License-Identifier: Apache-2.0
// For tests of RTP, compiled once.
#include "../unit/rtp/packet_builder.hpp"
#include "unit_test.hpp"
