// SPDX-License-Identifier: Apache-2.0
// How a webrtcbin ends.
#include "glib/webrtc_bin.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <thread>

#include "glib/clock_thread.hpp"

namespace veche::glib {
namespace {

std::thread::id clock_thread() {
  std::promise<std::thread::id> found;
  run_on_clock_thread([&] { found.set_value(std::this_thread::get_id()); });
  return found.get_future().get();
}

/// A handshake's timers let go of its connection there: the elements must not end meanwhile.
TEST(WebrtcBin, ItsDtlsElementsEndOnTheThreadOfTheClocksTimers) {
  gst_init(nullptr, nullptr);
  auto webrtc = WebrtcBin::create();
  ASSERT_TRUE(webrtc) << webrtc.error().message;
  ASSERT_TRUE((*webrtc)->play());
  const Ref<GstCaps> caps = adopt(gst_caps_from_string(
      "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111"));
  ASSERT_TRUE(
      (*webrtc)->add_transceiver(GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps.get()));
  ASSERT_TRUE((*webrtc)->describe("create-offer"));
  for (const char* factory : {"dtlsdec", "dtlsenc"}) {
    EXPECT_EQ((*webrtc)->elements(factory).size(), 1u) << factory;
  }
  std::promise<std::thread::id> ends[2];
  size_t i = 0;
  for (const char* factory : {"dtlsdec", "dtlsenc"}) {
    g_object_weak_ref(
        G_OBJECT((*webrtc)->elements(factory).front().get()),
        [](gpointer end, GObject*) {
          static_cast<std::promise<std::thread::id>*>(end)->set_value(std::this_thread::get_id());
        },
        &ends[i++]);
  }
  webrtc->reset();
  for (std::promise<std::thread::id>& end : ends) {
    auto future = end.get_future();
    ASSERT_EQ(future.wait_for(std::chrono::seconds(10)), std::future_status::ready);
    EXPECT_EQ(future.get(), clock_thread());
  }
}

}  // namespace
}  // namespace veche::glib
