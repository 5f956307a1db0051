// SPDX-License-Identifier: Apache-2.0
// Ref counts GObjects and mini-objects alike, and never leaks or frees twice.
#include "glib/ref.hpp"

#include <gtest/gtest.h>

namespace veche::glib {
namespace {

guint count(gpointer object) { return G_OBJECT(object)->ref_count; }
guint count(const Ref<GstCaps>& caps) {
  return static_cast<guint>(GST_MINI_OBJECT_REFCOUNT_VALUE(caps.get()));
}

GObject* new_object() { return G_OBJECT(g_object_new(G_TYPE_OBJECT, nullptr)); }

class Gst : public testing::Environment {
  void SetUp() override { gst_init(nullptr, nullptr); }
};
[[maybe_unused]] const auto* const gst = testing::AddGlobalTestEnvironment(new Gst);

TEST(Ref, AdoptTakesOverAndShareAdds) {
  Ref<GObject> owner = adopt(new_object());
  EXPECT_EQ(count(owner.get()), 1U);
  {
    const Ref<GObject> other = share(owner.get());
    EXPECT_EQ(count(owner.get()), 2U);
  }
  EXPECT_EQ(count(owner.get()), 1U);
}

TEST(Ref, SinkTakesTheFloatingReference) {
  GstElement* floating = gst_bin_new(nullptr);
  ASSERT_TRUE(g_object_is_floating(floating));
  const Ref<GstElement> owner = sink(floating);
  EXPECT_FALSE(g_object_is_floating(owner.get()));
  EXPECT_EQ(count(owner.get()), 1U);
}

TEST(Ref, CopiesAndMovesKeepTheCount) {
  Ref<GObject> first = adopt(new_object());
  GObject* object = first.get();
  Ref<GObject> second = first;
  EXPECT_EQ(count(object), 2U);
  Ref<GObject> third = std::move(first);
  EXPECT_FALSE(first);  // NOLINT: looks at what a move leaves.
  EXPECT_EQ(count(object), 2U);
  second = third;
  EXPECT_EQ(count(object), 2U);
  Ref<GObject>& same = third;
  third = same;
  EXPECT_EQ(count(object), 2U);
  second = nullptr;
  EXPECT_EQ(count(object), 1U);
}

TEST(Ref, DropsTheLastReference) {
  bool gone = false;
  {
    const Ref<GObject> owner = adopt(new_object());
    g_object_weak_ref(
        owner.get(), [](gpointer flag, GObject*) { *static_cast<bool*>(flag) = true; }, &gone);
  }
  EXPECT_TRUE(gone);
}

TEST(Ref, ReleaseHandsTheReferenceOver) {
  Ref<GObject> owner = adopt(new_object());
  GObject* object = owner.release();
  EXPECT_FALSE(owner);
  EXPECT_EQ(count(object), 1U);
  g_object_unref(object);
}

TEST(Ref, CountsMiniObjects) {
  const Ref<GstCaps> owner = adopt(gst_caps_new_empty_simple("application/x-rtp"));
  EXPECT_EQ(count(owner), 1U);
  {
    const Ref<GstCaps> other = share(owner.get());
    EXPECT_EQ(count(owner), 2U);
    const Ref<GstCaps> third = sink(owner.get());
    EXPECT_EQ(count(owner), 3U);
  }
  EXPECT_EQ(count(owner), 1U);
}

TEST(Ref, OfNothingIsNothing) {
  EXPECT_FALSE(adopt<GObject>(nullptr));
  EXPECT_FALSE(share<GObject>(nullptr));
  EXPECT_FALSE(sink<GObject>(nullptr));
  const Ref<GObject> empty;
  const Ref<GObject> copy = empty;  // NOLINT: the copy is the test.
  EXPECT_EQ(copy.get(), nullptr);
}

}  // namespace
}  // namespace veche::glib
