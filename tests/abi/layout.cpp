// SPDX-License-Identifier: Apache-2.0
// The frozen layout as a C++ compiler sees it.
#include "layout.h"
