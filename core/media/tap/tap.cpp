// SPDX-License-Identifier: Apache-2.0
// The order of a tap's steps, even if one of them fails.
#include "media/tap/tap.hpp"

#include <utility>

namespace veche::media {

Tap::Tap(glib::ControlLoop& loop, TapFeeder& feeder, TrackInfo track,
         std::shared_ptr<TrackFeed> feed, Gone gone)
    : loop_(loop),
      feeder_(feeder),
      track_(std::move(track)),
      feed_(std::move(feed)),
      gone_(std::move(gone)),
      dropped_before_(feed_->tap_dropped.value()) {}

std::shared_ptr<Tap> Tap::open(glib::ControlLoop& loop, TapFeeder& feeder, TrackInfo track,
                               std::shared_ptr<TrackFeed> feed,
                               Result<glib::Ref<GstElement>> element, Gone gone) {
  std::shared_ptr<Tap> tap(
      new Tap(loop, feeder, std::move(track), std::move(feed), std::move(gone)));
  tap->start(std::move(element));
  return tap;
}

void Tap::start(Result<glib::Ref<GstElement>> element) {
  if (!element) {
    stop(element.error());
    return;
  }
  Result<std::unique_ptr<TapPipeline>> made = TapPipeline::create(track_, *element, events());
  if (!made) {
    stop(made.error());
    return;
  }
  pipeline_ = std::move(*made);
  feeder_.add(track_.track, *pipeline_);
  feeding_ = Feeding::Yes;
  // The tap lives until finish(), which follows the worker's last task.
  worker_.run([this, weak = weak_from_this()] {
    const Status status = pipeline_->play();
    loop_.post([weak, status] {
      if (const auto self = weak.lock()) self->on_played(status);
    });
  });
}

TapEvents Tap::events() {
  return {[weak = weak_from_this(), &loop = loop_] {
            loop.post([weak] {
              if (const auto self = weak.lock()) self->stop(Ok{});
            });
          },
          [weak = weak_from_this(), &loop = loop_](const std::string& reason) {
            loop.post([weak, reason] {
              if (const auto self = weak.lock()) self->stop(internal(reason));
            });
          }};
}

void Tap::on_played(const Status& status) {
  if (state_ != State::Starting) return;
  if (!status) {
    stop(status);
    return;
  }
  state_ = State::Running;
  if (end_requested_) drain();
}

void Tap::end() {
  if (end_requested_ || state_ == State::Stopping) return;
  end_requested_ = true;
  limit_ = loop_.once(kMaxDrainMs, [this] { stop(Ok{}); });
  if (state_ == State::Running) drain();
}

void Tap::drain() {
  state_ = State::Draining;
  leave_feeder(TapFeeder::Farewell::EndOfStream);
}

void Tap::stop(Status status) {
  if (state_ == State::Stopping) return;
  state_ = State::Stopping;
  status_ = std::move(status);
  limit_.cancel();
  if (feeding_ == Feeding::No) take_down();
  if (feeding_ == Feeding::Yes) leave_feeder(TapFeeder::Farewell::None);
}

void Tap::leave_feeder(TapFeeder::Farewell farewell) {
  feeding_ = Feeding::Leaving;
  feeder_.remove(track_.track, *pipeline_, farewell, [weak = weak_from_this(), &loop = loop_] {
    loop.post([weak] {
      if (const auto self = weak.lock()) self->on_left_feeder();
    });
  });
}

void Tap::on_left_feeder() {
  feeding_ = Feeding::No;
  dropped_ = feed_->tap_dropped.value() - dropped_before_;
  if (state_ == State::Stopping) take_down();
}

void Tap::take_down() {
  worker_.run([this, weak = weak_from_this()] {
    if (pipeline_) {
      pipeline_->stop();
      dropped_ += pipeline_->waiting();
      pipeline_.reset();
    }
    loop_.post([weak] {
      if (const auto self = weak.lock()) self->finish();
    });
  });
}

void Tap::finish() { std::exchange(gone_, nullptr)(status_, dropped_); }

}  // namespace veche::media
