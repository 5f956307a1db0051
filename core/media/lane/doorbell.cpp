// SPDX-License-Identifier: Apache-2.0
// eventfd, timerfd and poll.
#include "media/lane/doorbell.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/time.hpp"

namespace veche::media {
namespace {

constexpr size_t kBell = 0, kAlarm = 1, kWatched = 2;

}  // namespace

Result<std::unique_ptr<Doorbell>> Doorbell::open() {
  const int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  const int alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  std::unique_ptr<Doorbell> made(new Doorbell(bell, alarm));
  if (bell >= 0 && alarm >= 0) return made;
  return Error{ErrorCode::Exhausted,
               "a lane finds no descriptor to sleep on: " + std::string(std::strerror(errno)) +
                   "; raise the limit of open files (LimitNOFILE)"};
}

Doorbell::Doorbell(int bell, int alarm) : descriptors_{{bell, POLLIN, 0}, {alarm, POLLIN, 0}} {
  constexpr size_t kUsualCount = 16;
  descriptors_.reserve(kUsualCount);  // Avoids allocation in waits.
}

Doorbell::~Doorbell() {
  for (const size_t own : {kBell, kAlarm}) {
    if (descriptors_[own].fd >= 0) close(descriptors_[own].fd);
  }
}

void Doorbell::ring() noexcept {
  if (!sleeping_.load(std::memory_order_seq_cst)) return;
  if (!sleeping_.exchange(false, std::memory_order_seq_cst)) return;
  const uint64_t one = 1;
  // It can only fail when the counter is full, and then the lane is awake.
  [[maybe_unused]] const ssize_t written = write(descriptors_[kBell].fd, &one, sizeof one);
}

bool Doorbell::poll_all(int64_t until_ns, std::span<const int> watched) noexcept {
  set_alarm(until_ns);
  descriptors_.resize(kWatched);
  for (const int descriptor : watched) descriptors_.push_back({descriptor, POLLIN, 0});
  poll(descriptors_.data(), descriptors_.size(), -1);
  if ((descriptors_[kBell].revents & POLLIN) != 0) {
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t size = read(descriptors_[kBell].fd, &count, sizeof count);
  }
  return std::any_of(descriptors_.begin() + kWatched, descriptors_.end(),
                     [](const pollfd& descriptor) { return descriptor.revents != 0; });
}

/// poll()'s own timeout would set the processor's timer twice for each packet.
void Doorbell::set_alarm(int64_t time_ns) noexcept {
  if (time_ns == alarm_ns_) return;
  alarm_ns_ = time_ns;
  itimerspec alarm{};
  if (time_ns != INT64_MAX) {
    const int64_t positive_ns = std::max<int64_t>(1, time_ns);  // 0 would disarm the alarm.
    alarm.it_value.tv_sec = positive_ns / kNsPerS;
    alarm.it_value.tv_nsec = positive_ns % kNsPerS;
  }
  // Also clears an expiration.
  timerfd_settime(descriptors_[kAlarm].fd, TFD_TIMER_ABSTIME, &alarm, nullptr);
}

}  // namespace veche::media
