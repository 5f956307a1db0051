// SPDX-License-Identifier: Apache-2.0
// Signals and probes end with their owner and free their callbacks.
#include "glib/signal.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

/// Emits "notify::name" on each rename.
Ref<GstObject> new_emitter() { return sink(GST_OBJECT(gst_bin_new("first"))); }
void emit(const Ref<GstObject>& emitter) { g_object_notify(G_OBJECT(emitter.get()), "name"); }

void on_notify(GObject*, GParamSpec*, gpointer calls) { ++*static_cast<int*>(calls); }
void on_destroy(gpointer calls, GClosure*) { *static_cast<int*>(calls) += 100; }

Signal connect(const Ref<GstObject>& emitter, int& calls, GClosureNotify destroy = nullptr) {
  return Signal(emitter.get(), "notify::name", G_CALLBACK(on_notify), &calls, destroy);
}

TEST(Signal, CallsUntilItsOwnerIsGone) {
  const Ref<GstObject> emitter = new_emitter();
  int calls = 0;
  {
    const Signal signal = connect(emitter, calls);
    emit(emitter);
    emit(emitter);
    EXPECT_EQ(calls, 2);
  }
  emit(emitter);
  EXPECT_EQ(calls, 2);
}

TEST(Signal, KeepsItsEmitterAliveAndLetsGo) {
  Ref<GstObject> emitter = new_emitter();
  GObject* object = G_OBJECT(emitter.get());
  int calls = 0;
  Signal signal = connect(emitter, calls);
  EXPECT_EQ(object->ref_count, 2U);
  signal.disconnect();
  signal.disconnect();
  EXPECT_EQ(object->ref_count, 1U);
}

TEST(Signal, FreesItsDataOnce) {
  const Ref<GstObject> emitter = new_emitter();
  int calls = 0;
  {
    Signal first = connect(emitter, calls, on_destroy);
    const Signal second = std::move(first);
    emit(emitter);
    EXPECT_EQ(calls, 1);
  }
  EXPECT_EQ(calls, 101);
}

TEST(Signal, AssignmentEndsTheOldConnection) {
  const Ref<GstObject> emitter = new_emitter();
  int old_calls = 0, new_calls = 0;
  Signal signal = connect(emitter, old_calls);
  signal = connect(emitter, new_calls);
  emit(emitter);
  EXPECT_EQ(old_calls, 0);
  EXPECT_EQ(new_calls, 1);
}

GstPadProbeReturn on_event(GstPad*, GstPadProbeInfo*, gpointer calls) {
  ++*static_cast<int*>(calls);
  return GST_PAD_PROBE_DROP;
}

void send(const Ref<GstPad>& pad) { gst_pad_push_event(pad.get(), gst_event_new_flush_start()); }

TEST(PadProbe, CallsUntilItsOwnerIsGone) {
  const Ref<GstPad> pad = sink(gst_pad_new("src", GST_PAD_SRC));
  int calls = 0;
  {
    PadProbe first(pad.get(), GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_event, &calls,
                   [](gpointer data) { *static_cast<int*>(data) += 100; });
    const PadProbe second = std::move(first);
    send(pad);
    EXPECT_EQ(calls, 1);
  }
  EXPECT_EQ(calls, 101);
  send(pad);
  EXPECT_EQ(calls, 101);
}

TEST(PadProbe, AssignmentEndsTheOldProbe) {
  const Ref<GstPad> pad = sink(gst_pad_new("src", GST_PAD_SRC));
  int old_calls = 0, new_calls = 0;
  PadProbe probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_event, &old_calls);
  probe = PadProbe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_event, &new_calls);
  send(pad);
  EXPECT_EQ(old_calls, 0);
  EXPECT_EQ(new_calls, 1);
}

}  // namespace
}  // namespace veche::glib
