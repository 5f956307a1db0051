// SPDX-License-Identifier: Apache-2.0
// Runs the phases in order.
#include "run.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/time.hpp"

namespace veche::load {
namespace {

constexpr uint32_t kTickMs = 10;
constexpr int64_t kSettleNs = kNsPerS;  ///< Between the last join and the first turn.
constexpr int64_t kLeavePatienceNs = 30 * kNsPerS;

double own_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double seconds(int64_t ns) { return static_cast<double>(ns) / kNsPerS; }

Rooms plan_rooms(const Options& options) {
  double talk_s = options.duration_s;
  // With limited stays, the talk lasts until the last participant has left.
  if (options.stay_s > 0 || options.leave_early > 0) {
    talk_s += options.participants / options.join_rate + options.stay_s + 60;
  }
  return Rooms(options.rooms, {.pattern = options.pattern,
                               .participants = options.participants,
                               .talkers = options.talkers,
                               .turn_ms = options.turn_ms,
                               .pause_ms = options.pause_ms,
                               .duration_ms = static_cast<int64_t>(talk_s * 1000),
                               .seed = options.seed});
}

}  // namespace

Run::Run(glib::ControlLoop& loop, const Options& options, Voice voice)
    : loop_(loop),
      options_(options),
      voice_(std::move(voice)),
      rooms_(plan_rooms(options_)),
      http_(options_.server, options_.key),
      crowd_(loop, options_, http_, rooms_, voice_) {}

Status Run::execute() {
  if (options_.server_pid != 0) {
    const auto before = read_process(options_.server_pid);
    if (!before)
      return not_found("--server-pid: no process " + std::to_string(options_.server_pid));
    server_ = ServerUse{.before = *before, .peak = *before, .after = *before};
  }
  open_rooms(0);
  loop_.run();
  timer_.cancel();
  return outcome_;
}

void Run::open_rooms(uint32_t room) {
  http_.put_room(rooms_.name(options_.room, room), options_.room_settings,
                 [this, room](const Result<HttpReply>& reply) {
                   if (!reply || reply->status / 100 != 2) {
                     const std::string reason =
                         reply ? "HTTP " + std::to_string(reply->status) + " " + reply->body
                               : reply.error().message;
                     outcome_ = Error{ErrorCode::Unavailable, "the room cannot be made: " + reason};
                     loop_.quit();
                     return;
                   }
                   if (room + 1 < rooms_.count()) return open_rooms(room + 1);
                   if (options_.offers_first) crowd_.prepare_all();
                   started_ns_ = monotonic_ns();
                   last_ = read(started_ns_);
                   if (!options_.offers_first) enter(Phase::Joining, started_ns_);
                   timer_ = loop_.every(kTickMs, [this] { tick(); });
                 });
}

void Run::interrupt() {
  if (phase_ <= Phase::Talking) enter(Phase::Leaving, monotonic_ns());
}

void Run::tick() {
  const int64_t now_ns = monotonic_ns();
  join_who_is_due(now_ns);
  advance(now_ns);
  if (now_ns - last_.at_ns >= kNsPerS) {
    crowd_.check_patience(now_ns);
    sample_server();
    print_progress(now_ns);
  }
}

void Run::join_who_is_due(int64_t now_ns) {
  while (phase_ != Phase::Preparing && !crowd_.all_started() &&
         (options_.joining == 0 || crowd_.joining() < options_.joining) &&
         seconds(now_ns - started_ns_) * options_.join_rate >= joins_begun_) {
    ++joins_begun_;
    crowd_.join_next();
  }
}

void Run::advance(int64_t now_ns) {
  switch (phase_) {
    case Phase::Preparing:
      if (crowd_.prepared()) enter(Phase::Joining, started_ns_ = now_ns);
      break;
    case Phase::Joining:
      if (crowd_.settled(churns() ? rooms_.talkers() : options_.participants))
        enter(Phase::Talking, now_ns);
      break;
    case Phase::Talking:
      if (!measuring_ && now_ns >= talk_start_ns_) {
        measuring_ = true;
        begin_ = read(now_ns);
      }
      if (talk_is_over(now_ns)) enter(Phase::Leaving, now_ns);
      break;
    case Phase::Leaving:
      if (crowd_.empty() || now_ns - phase_since_ns_ > kLeavePatienceNs)
        enter(Phase::CoolingDown, now_ns);
      break;
    case Phase::CoolingDown:
      // The server may release resources in the background.
      if (seconds(now_ns - phase_since_ns_) < options_.cool_down_s) break;
      if (server_) server_->after = read_process(options_.server_pid).value_or(ProcessStats{});
      loop_.quit();
      break;
  }
}

void Run::enter(Phase phase, int64_t now_ns) {
  phase_ = phase;
  phase_since_ns_ = now_ns;
  if (phase == Phase::Joining) {
    joins_begin_cpu_s_ = read(now_ns).server_cpu_s;
  } else if (phase == Phase::Talking) {
    if (server_) {
      const double cpu_s = read(now_ns).server_cpu_s - joins_begin_cpu_s_;
      server_->cpu_ms_per_join =
          1000 * cpu_s / static_cast<double>(std::max<size_t>(1, joins_begun_));
    }
    talk_start_ns_ = now_ns + kSettleNs;
    crowd_.generator().start_schedule(talk_start_ns_);
    for (const auto& member : crowd_.members())
      member->receiver->measure_latency_from(talk_start_ns_);
  } else if (phase == Phase::Leaving) {
    crowd_.generator().end_schedule();
    end_ = read(now_ns);
    crowd_.leave_all();
  }
}

bool Run::talk_is_over(int64_t now_ns) const {
  if (seconds(now_ns - talk_start_ns_) < options_.duration_s) return false;
  if (!churns()) return true;
  // A remaining participant is a talker, or had no time limit.
  return crowd_.all_started() && crowd_.joining() == 0 &&
         (options_.stay_s == 0 || crowd_.count(MemberState::Connected) <= rooms_.talkers());
}

Run::Reading Run::read(int64_t now_ns) const {
  Reading reading{.at_ns = now_ns, .own_cpu_s = own_cpu_s()};
  for (const auto& member : crowd_.members()) reading.received += member->receiver->packets;
  if (server_) {
    const auto server = read_process(options_.server_pid);
    reading.server_cpu_s = server ? server->cpu_s : 0;
  }
  return reading;
}

void Run::sample_server() {
  if (!server_) return;
  const auto now = read_process(options_.server_pid);
  if (!now) return;
  ProcessStats& peak = server_->peak;
  peak.rss_kb = std::max(peak.rss_kb, now->rss_kb);
  peak.threads = std::max(peak.threads, now->threads);
  peak.descriptors = std::max(peak.descriptors, now->descriptors);
}

void Run::print_progress(int64_t now_ns) {
  const Reading now = read(now_ns);
  const double passed_s = seconds(now.at_ns - last_.at_ns);
  const Packets packets = summarize_packets(crowd_.outcomes());
  const char* phase = phase_ == Phase::Preparing ? "preparing"
                      : phase_ == Phase::Joining ? "joining"
                      : phase_ == Phase::Talking ? "talking"
                      : phase_ == Phase::Leaving ? "leaving"
                                                 : "cooling down";
  fprintf(stderr,
          "%6.1f s  %-12s  in %zu, joining %zu, gone %zu   received %.0f/s, lost %llu, latency p99 "
          "%.1f ms   "
          "CPU: server %.2f, load %.2f cores\n",
          seconds(now_ns - started_ns_), phase, crowd_.count(MemberState::Connected),
          crowd_.joining(), crowd_.count(MemberState::Gone),
          static_cast<double>(now.received - last_.received) / passed_s,
          static_cast<unsigned long long>(packets.lost), summarize_latency(crowd_.outcomes()).p99,
          (now.server_cpu_s - last_.server_cpu_s) / passed_s,
          (now.own_cpu_s - last_.own_cpu_s) / passed_s);
  last_ = now;
}

Results Run::results() const {
  const std::vector<Outcome> outcomes = crowd_.outcomes();
  Results results;
  results.joins = summarize_joins(outcomes);
  results.packets = summarize_packets(outcomes);
  results.told = summarize_told(outcomes);
  results.latency_ms = summarize_latency(outcomes);
  results.hearing = summarize_hearing(outcomes);
  const Generator& generator = crowd_.generator();
  results.packets.sent = generator.packets;
  results.packets.send_failures = generator.failures;
  results.lateness_ms = merged({&generator.lateness});
  if (!measuring_) return results;

  results.measured_s = seconds(end_.at_ns - begin_.at_ns);
  results.generator_cores = (end_.own_cpu_s - begin_.own_cpu_s) / results.measured_s;
  results.server = server_;
  if (results.server) {
    const double cpu_s = end_.server_cpu_s - begin_.server_cpu_s;
    const auto forwarded = static_cast<double>(end_.received - begin_.received);
    results.server->cores = cpu_s / results.measured_s;
    if (forwarded > 0) results.server->cpu_us_per_packet = cpu_s * 1e6 / forwarded;
  }
  return results;
}

}  // namespace veche::load
