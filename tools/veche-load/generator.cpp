// SPDX-License-Identifier: Apache-2.0
// Paces and sends.
#include "generator.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace veche::load {
namespace {

/// The priority that a lane of the server requests.
constexpr int kPriority = -10;

}  // namespace

Generator::Generator() : thread_([this] { run(); }) {}

Generator::~Generator() {
  ending_ = true;
  thread_.join();
}

void Generator::add(uint32_t index, Client& client, Talker& talker) {
  Phase& phase = phase_of(index);
  const std::lock_guard lock(phase.mutex);
  phase.entries.push_back({index, &client, &talker});
}

void Generator::remove(uint32_t index) {
  Phase& phase = phase_of(index);
  const std::lock_guard lock(phase.mutex);
  std::erase_if(phase.entries, [index](const Entry& entry) { return entry.index == index; });
}

void Generator::run() {
  // A microphone does not wait for other programs. Without CAP_SYS_NICE this thread does, and
  // lateness shows it.
  static_cast<void>(setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kPriority));
  int64_t due_ns = monotonic_ns();
  for (size_t phase = 0; !ending_; phase = (phase + 1) % kPhases) {
    const int64_t early_ns = due_ns - monotonic_ns();
    if (early_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(early_ns));
    if (due_ns >= schedule_start_ns_ && !schedule_ended_) lateness.add(monotonic_ns() - due_ns);
    send_phase(phases_[phase]);
    due_ns += kFrameMs * kNsPerMs / static_cast<int64_t>(kPhases);
  }
}

void Generator::send_phase(Phase& phase) {
  std::array<uint8_t, Talker::kMaxPacketSize> packet;
  const int64_t start_ns = schedule_start_ns_;
  const std::lock_guard lock(phase.mutex);
  for (Entry& entry : phase.entries) {
    const int64_t now_ns = monotonic_ns();
    const int64_t elapsed_ms = start_ns == INT64_MAX ? -1 : (now_ns - start_ns) / kNsPerMs;
    const size_t size = entry.talker->next(now_ns < start_ns ? -1 : elapsed_ms, now_ns, packet);
    if (size == 0) continue;
    (entry.client->send(std::span(packet).first(size)) ? packets : failures)
        .fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace veche::load
