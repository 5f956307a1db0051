// SPDX-License-Identifier: Apache-2.0
// A few GStreamer elements in a row, called like a function: no pipeline, no thread, no clock.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace veche::recording {

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
template <class T>
using ObjectPtr = std::unique_ptr<T, ObjectUnref>;

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

/// Buffers go in by push() and come out by a callback within it. The elements must not have threads
/// of their own. One thread.
class GstChain {
 public:
  struct Output {
    std::function<void(GstCaps*)> caps;  ///< Borrowed. Before the first buffer, and when changed.
    std::function<void(GstBuffer*)> buffer;  ///< Borrowed.
  };

  /// `elements`: names of factories, in order. `accepted`: the caps that the last element may
  /// choose from. Throws Failure if an element is missing or fails.
  GstChain(const std::vector<std::string>& elements, CapsPtr input, CapsPtr accepted,
           Output output);
  ~GstChain();
  GstChain(const GstChain&) = delete;
  GstChain& operator=(const GstChain&) = delete;

  /// Takes the buffer. Returns GST_FLOW_OK, or why the elements refused it.
  GstFlowReturn push(GstBuffer* buffer) noexcept { return gst_pad_push(source_.get(), buffer); }

 private:
  void add_element(const std::string& factory);
  void link();
  static GstFlowReturn on_buffer(GstPad* pad, GstObject* parent, GstBuffer* buffer) noexcept;
  static gboolean on_event(GstPad* pad, GstObject* parent, GstEvent* event) noexcept;

  Output output_;
  std::vector<ObjectPtr<GstElement>> elements_;
  ObjectPtr<GstPad> source_, sink_;
};

}  // namespace veche::recording
