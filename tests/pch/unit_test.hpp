// SPDX-License-Identifier: Apache-2.0
// What most tests include, compiled once for all of them. Files still include what they use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "../../core/base/pch/standard.hpp"
