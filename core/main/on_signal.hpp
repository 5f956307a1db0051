// SPDX-License-Identifier: Apache-2.0
// Runs a task on control when the process receives a signal.
#pragma once

#include <functional>

#include "glib/source.hpp"

namespace veche::main {

/// [control] A signal that came before the loop ran counts; several that wait are one.
class OnSignal {
 public:
  OnSignal(int signal, std::function<void()> task);
  OnSignal(const OnSignal&) = delete;
  OnSignal& operator=(const OnSignal&) = delete;

 private:
  const std::function<void()> task_;
  const glib::Source source_;
};

}  // namespace veche::main
