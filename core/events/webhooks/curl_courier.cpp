// SPDX-License-Identifier: Apache-2.0
// The thread that drives libcurl's multi interface, and the hand-over of values to it and from it.
#include "events/webhooks/curl_courier.hpp"

#include <curl/curl.h>
#include <pthread.h>

#include <cassert>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/guarded.hpp"
#include "base/thread_role.hpp"
#include "events/webhooks/transfer.hpp"

namespace veche::events {
namespace {

struct MultiDeleter {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using MultiPtr = std::unique_ptr<CURLM, MultiDeleter>;

constexpr long kKeptConnections = 32;
constexpr int kPollMs = 60'000;

/// What control wants of the thread.
struct Command {
  uint64_t number = 0;
  /// Nothing: cancel.
  std::optional<Attempt> attempt = {};
  AddressRules rules = {};
  std::string ca_file = {};
};

}  // namespace

class CurlCourier::State {
 public:
  explicit State(glib::ControlLoop& loop) : loop_(loop) {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(once);
    multi_.reset(curl_multi_init());
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, kKeptConnections);
  }

  /// `self` is held weakly by results on their way.
  void start(std::weak_ptr<State> self) {
    self_ = std::move(self);
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "webhooks");
      guarded("webhooks", LogPlace::here(), [this] { work(); });
    });
  }

  /// [control]
  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }

  /// [control]
  uint64_t send(Attempt attempt, std::function<void(const Outcome&)> done) {
    assert(is_on_control());
    const uint64_t number = ++last_number_;
    waiting_[number] = std::move(done);
    push({number, std::move(attempt), rules_, ca_file_});
    return number;
  }
  /// [control]
  void cancel(uint64_t number) {
    assert(is_on_control());
    if (waiting_.erase(number) > 0) push({.number = number});
  }
  /// [control]
  void use(const AddressRules& rules, const std::string& ca_file) {
    rules_ = rules;
    ca_file_ = ca_file;
  }

 private:
  void push(Command command) {
    {
      const std::lock_guard lock(mutex_);
      commands_.push_back(std::move(command));
    }
    curl_multi_wakeup(multi_.get());
  }

  // The thread's own.

  void work() {
    for (;;) {
      std::vector<Command> commands;
      {
        const std::lock_guard lock(mutex_);
        if (is_ending_) break;
        commands.swap(commands_);
      }
      for (Command& command : commands) carry_out(std::move(command));
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      take_ended();
      curl_multi_poll(multi_.get(), nullptr, 0, kPollMs, nullptr);
    }
    for (const auto& [number, transfer] : transfers_) {
      curl_multi_remove_handle(multi_.get(), transfer->easy());
    }
    transfers_.clear();
  }

  void carry_out(Command command) {
    if (!command.attempt) return remove(command.number);
    auto transfer = std::make_unique<Transfer>(command.number, std::move(*command.attempt),
                                               command.rules, command.ca_file);
    if (curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) {
      return tell(command.number, {.reason = "libcurl has no memory for another transfer"});
    }
    transfers_[command.number] = std::move(transfer);
  }

  void remove(uint64_t number) {
    const auto found = transfers_.find(number);
    if (found == transfers_.end()) return;
    curl_multi_remove_handle(multi_.get(), found->second->easy());
    transfers_.erase(found);
  }

  void take_ended() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const Transfer& transfer = Transfer::of(message->easy_handle);
      const uint64_t number = transfer.number();
      Outcome outcome = transfer.outcome(message->data.result);
      remove(number);
      tell(number, std::move(outcome));
    }
  }

  void tell(uint64_t number, Outcome outcome) {
    loop_.post([weak = self_, number, outcome = std::move(outcome)] {
      const std::shared_ptr<State> state = weak.lock();
      if (state) state->report(number, outcome);
    });
  }

  /// [control]
  void report(uint64_t number, const Outcome& outcome) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;  // It was cancelled.
    const std::function<void(const Outcome&)> done = std::move(found->second);
    waiting_.erase(found);
    done(outcome);
  }

  glib::ControlLoop& loop_;
  std::weak_ptr<State> self_;
  // Of control.
  uint64_t last_number_ = 0;
  std::map<uint64_t, std::function<void(const Outcome&)>> waiting_;
  AddressRules rules_;
  std::string ca_file_;
  // Between both: a list that is swapped. It is bounded by the attempts that schedules allow.
  std::mutex mutex_;
  std::vector<Command> commands_;
  bool is_ending_ = false;
  // Of the thread, but for curl_multi_wakeup(), which any thread may call.
  MultiPtr multi_;
  std::map<uint64_t, std::unique_ptr<Transfer>> transfers_;
  std::thread thread_;
};

CurlCourier::CurlCourier(glib::ControlLoop& loop) : state_(std::make_shared<State>(loop)) {
  state_->start(state_);
}
CurlCourier::~CurlCourier() { state_->end(); }

uint64_t CurlCourier::send(Attempt attempt, std::function<void(const Outcome&)> done) {
  return state_->send(std::move(attempt), std::move(done));
}
void CurlCourier::cancel(uint64_t number) { state_->cancel(number); }
void CurlCourier::use(const AddressRules& rules, const std::string& ca_file) {
  state_->use(rules, ca_file);
}

}  // namespace veche::events
