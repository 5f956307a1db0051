// SPDX-License-Identifier: Apache-2.0
// Prints how long the server needs from an offer to its answer: for the first session of a process,
// for others one after the other, and for a hundred at once; and the CPU time of it. No client
// answers, so all of it is the server's.
#include <gst/gst.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "base/time.hpp"
#include "client.hpp"
#include "glib/control_loop.hpp"
#include "media/engine.hpp"

namespace {

using namespace veche;
using namespace veche::media;

double cpu_ms() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto ms = [](const timeval& time) {
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
  };
  return ms(use.ru_utime) + ms(use.ru_stime);
}

double since_ms(int64_t begun_ns) {
  return static_cast<double>(monotonic_ns() - begun_ns) / kNsPerMs;
}

class Bench {
 public:
  Bench(glib::ControlLoop& loop, Engine& engine, std::string offer)
      : loop_(loop), room_(engine.open_room(RoomId::next())), offer_(std::move(offer)) {}

  void open() {
    SessionRequest request;
    request.plan = std::move(*sdp::check_offer(offer_, sdp::ProfileLimits{}));
    request.participant = ParticipantId::next();
    SessionEvents events;
    events.answered = [this, begun_ns = monotonic_ns()](const Result<std::string>& answer) {
      if (!answer) std::fprintf(stderr, "no answer: %s\n", answer.error().message.c_str());
      times_ms_.push_back(since_ms(begun_ns));
    };
    sessions_.push_back(room_->open_session(std::move(request), std::move(events)));
  }

  void wait() {
    while (times_ms_.size() < sessions_.size()) loop_.iterate(true);
  }

  void close(const Engine& engine) {
    for (const auto& session : sessions_) session->close();
    sessions_.clear();
    const glib::Timer wake = loop_.every(5, [] {});
    while (!engine.idle()) loop_.iterate(true);
  }

  void print(const char* what, double cpu) {
    std::sort(times_ms_.begin(), times_ms_.end());
    const size_t count = times_ms_.size();
    std::printf("%-24s least %6.1f  p50 %6.1f  p99 %6.1f ms; %5.1f ms CPU each\n", what,
                times_ms_.front(), times_ms_[count / 2], times_ms_[count * 99 / 100],
                cpu / static_cast<double>(count));
    times_ms_.clear();
  }

 private:
  glib::ControlLoop& loop_;
  std::unique_ptr<Room> room_;
  const std::string offer_;
  std::vector<std::shared_ptr<Session>> sessions_;
  std::vector<double> times_ms_;
};

void measure(const char* what, glib::ControlLoop& loop, Engine& engine, const std::string& offer,
             size_t count, bool at_once) {
  Bench bench(loop, engine, offer);
  const double cpu_before = cpu_ms();
  for (size_t i = 0; i < count; ++i) {
    bench.open();
    if (!at_once) bench.wait();
  }
  bench.wait();
  const double cpu = cpu_ms() - cpu_before;
  bench.print(what, cpu);
  bench.close(engine);
  std::printf("%-24s %29.1f ms CPU each, and to take it down\n", "",
              (cpu_ms() - cpu_before) / static_cast<double>(count));
}

/// Made in a child, so that this process has not seen GStreamer before its first session.
std::string offer_of_another_process() {
  int ends[2];
  if (pipe(ends) != 0) return {};
  if (fork() == 0) {
    gst_init(nullptr, nullptr);
    load::ClientSettings settings;
    settings.ssrc = 1000;
    const auto made = load::Client::create(settings, {[] {}, [](const std::string&) {}},
                                           std::make_shared<load::Receiver>(1, 0));
    if (made) dprintf(ends[1], "%s", (*made)->offer().c_str());
    _exit(0);
  }
  close(ends[1]);
  std::string offer(65536, '\0');
  size_t size = 0;
  for (ssize_t got = 1; got > 0 && size < offer.size(); size += static_cast<size_t>(got)) {
    got = std::max<ssize_t>(0, read(ends[0], offer.data() + size, offer.size() - size));
  }
  offer.resize(size);
  return offer;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string offer = offer_of_another_process();
  if (offer.empty()) return 1;
  gst_init(nullptr, nullptr);
  glib::ControlLoop loop;
  Settings settings;
  settings.first_port = 29700;
  settings.last_port = 29899;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "pipeline") == 0) settings.path = PathKind::Pipeline;
    if (std::strcmp(argv[i], "standby") == 0) settings.standby_peers = 4;
  }
  const int64_t begun_ns = monotonic_ns();
  const double cpu_before = cpu_ms();
  auto engine = make_engine(loop, settings);
  if (!engine) return 1;
  std::printf("engine: %.1f ms, %.1f ms CPU\n", since_ms(begun_ns), cpu_ms() - cpu_before);
  measure("the first", loop, **engine, offer, 1, false);
  measure("20 one by one", loop, **engine, offer, 20, false);
  measure("100 at once", loop, **engine, offer, settings.path == PathKind::Wire ? 100 : 20, true);
  return 0;
}
