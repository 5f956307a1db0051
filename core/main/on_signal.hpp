// SPDX-License-Identifier: Apache-2.0
// Does something on control when the process gets a signal.
#pragma once

#include <functional>

namespace veche::main {

/// [control] A signal that came before the loop ran counts; several that wait are one.
class OnSignal {
 public:
  OnSignal(int signal, std::function<void()> task);
  ~OnSignal();
  OnSignal(const OnSignal&) = delete;
  OnSignal& operator=(const OnSignal&) = delete;

 private:
  const std::function<void()> task_;
  const unsigned id_;
};

}  // namespace veche::main
