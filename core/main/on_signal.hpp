// SPDX-License-Identifier: Apache-2.0
// Runs a task when the process receives a signal.
#pragma once

#include <functional>

#include "glib/source.hpp"

namespace veche::main {

/// A signal that came before the loop ran counts; several that wait are one. Each of several
/// objects for one signal gets it.
class OnSignal {
 public:
  /// The thread that runs `context` makes and destroys the object, and runs the task. Null:
  /// control.
  OnSignal(int signal, std::function<void()> task, GMainContext* context = nullptr);
  OnSignal(const OnSignal&) = delete;
  OnSignal& operator=(const OnSignal&) = delete;

 private:
  const std::function<void()> task_;
  const glib::Source source_;
};

}  // namespace veche::main
