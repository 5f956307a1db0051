// SPDX-License-Identifier: Apache-2.0
// What is read of an element's error.
#include "glib/bus_error.hpp"

#include <gtest/gtest.h>

#include "glib/ref.hpp"

namespace veche::glib {
namespace {

std::string told(const char* detail) {
  gst_init(nullptr, nullptr);
  const auto bin = sink(gst_bin_new("decoder"));
  const ErrorPtr error(
      g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "Could not read"));
  GstMessage* message = gst_message_new_error(GST_OBJECT(bin.get()), error.get(), detail);
  const std::string text = bus_error(message);
  gst_message_unref(message);
  return text;
}

TEST(BusError, HasTheDetailWithoutSourceAndObject) {
  EXPECT_EQ(told("dec.c(12): chain (): /GstBin:decoder:\nbad record"),
            "decoder: Could not read (bad record)");
}

TEST(BusError, DoesWithoutADetail) {
  EXPECT_EQ(told("dec.c(12): chain (): /GstBin:decoder"), "decoder: Could not read");
  EXPECT_EQ(told(nullptr), "decoder: Could not read");
}

}  // namespace
}  // namespace veche::glib
