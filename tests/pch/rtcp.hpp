// SPDX-License-Identifier: Apache-2.0
// For tests of RTCP, compiled once.
#include "../unit/rtp/rtcp_samples.hpp"
#include "unit_test.hpp"
