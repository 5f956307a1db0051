// SPDX-License-Identifier: Apache-2.0
// A plugin that taps, and a media layer that the test controls.
#include "plugin/track_tap_adapter.hpp"

#include <gmock/gmock.h>

#include <stdexcept>
#include <vector>

namespace veche::plugin::track_tap_adapter_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Its calls, and its return values.
struct FakePlugin {
  std::vector<std::string> calls;
  GstElement* element = nullptr;
  bool throws = false;
  TrackTapAdapter* reopen = nullptr;  ///< open() asks for the same track again.
  veche_status reopened = VECHE_OK;
};

FakePlugin* fake(veche_plugin* self) { return reinterpret_cast<FakePlugin*>(self); }

constexpr veche_track_tap kTable = {
    .struct_size = sizeof(veche_track_tap),
    .open = [](veche_plugin* self, const veche_track* track) -> _GstElement* {
      fake(self)->calls.push_back("open " + std::to_string(track->track) + " " + track->room + " " +
                                  track->participant + " (" + track->name + ") " + track->codec +
                                  " " + track->fmtp + " level " +
                                  std::to_string(track->audio_level_extension));
      if (fake(self)->throws) throw std::runtime_error("thrown");
      if (fake(self)->reopen) fake(self)->reopened = fake(self)->reopen->open_track(track->track);
      return fake(self)->element;
    },
    .closed =
        [](veche_plugin* self, uint64_t track, veche_status status, const char* reason,
           uint64_t dropped) {
          fake(self)->calls.push_back("closed " + std::to_string(track) + " " +
                                      std::to_string(status) + " " + reason + " " +
                                      std::to_string(dropped));
          if (fake(self)->throws) throw std::runtime_error("thrown");
        },
};

class FakeTaps : public media::TrackTaps {
 public:
  void use(media::TrackTap&) override { ++used; }
  void release(media::TrackTap&) override { ++released; }
  Status open(media::TrackTap& tap, TrackId track) override {
    if (track.value == 1) return not_found("there is no such track");
    if (track.value == 2) return Error{ErrorCode::Conflict, "it is tapped already"};
    media::TrackInfo info;
    info.track = track;
    static_cast<void>(tap.open(info));
    return Ok{};
  }
  Status close(media::TrackTap&, TrackId track) override {
    return track.value == 1 ? Status(not_found("the track is not tapped")) : Status(Ok{});
  }

  int used = 0, released = 0;
};

class TrackTapAdapterTest : public ::testing::Test {
 protected:
  TrackTapAdapterTest() { gst_init(nullptr, nullptr); }
  ~TrackTapAdapterTest() override {
    // As the media layer does if it ends first.
    if (taps_.used > 0) adapter_.released();
  }
  static media::TrackInfo info() {
    media::TrackInfo info;
    info.track = TrackId{7};
    info.room = "lobby";
    info.participant = "ada";
    info.codec = sdp::opus(111, "minptime=10");
    info.name = "Ada L.";
    info.extensions.audio_level = 5;
    return info;
  }

  glib::ControlLoop loop_;
  HookTimers timers_;
  FakePlugin plugin_;
  veche_plugin* const self_ = reinterpret_cast<veche_plugin*>(&plugin_);
  FakeTaps taps_;
  TrackTapAdapter adapter_{"tap", loop_, kTable, self_, timers_};
};

TEST_F(TrackTapAdapterTest, TellsThePluginWhatTheTrackIsAndTakesItsElement) {
  EXPECT_EQ(adapter_.open(info())->get(), nullptr);
  EXPECT_THAT(plugin_.calls, ElementsAre("open 7 lobby ada (Ada L.) opus minptime=10 level 5"));
  GstElement* bin = gst_bin_new(nullptr);
  plugin_.element = bin;
  const auto taken = adapter_.open(info());
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->get(), bin);
  EXPECT_FALSE(g_object_is_floating(bin));
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(bin), 1);
}

TEST_F(TrackTapAdapterTest, DoesNotTouchAnElementThatIsNotFloating) {
  const auto bin = glib::sink(gst_bin_new(nullptr));
  plugin_.element = bin.get();
  const auto taken = adapter_.open(info());
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(GST_OBJECT_REFCOUNT_VALUE(bin.get()), 1);
}

TEST_F(TrackTapAdapterTest, AnExceptionIsAnErrorAndGoesNoFurther) {
  plugin_.throws = true;
  const auto taken = adapter_.open(info());
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message, HasSubstr("track_tap.open threw an exception: thrown"));
  adapter_.closed(TrackId{7}, Ok{}, 0);
  EXPECT_EQ(plugin_.calls.size(), 2u);
}

TEST_F(TrackTapAdapterTest, SaysWhyATapHasEnded) {
  adapter_.closed(TrackId{7}, Ok{}, 3);
  adapter_.closed(TrackId{8}, internal("disk: full"), 4);
  adapter_.closed(TrackId{9}, invalid("no pad"), 0);
  EXPECT_THAT(plugin_.calls,
              ElementsAre("closed 7 0  3", "closed 8 -5 disk: full 4", "closed 9 -1 no pad 0"));
}

TEST_F(TrackTapAdapterTest, ServesTheHostServiceOnlyWhileItIsAttached) {
  EXPECT_EQ(adapter_.open_track(7), VECHE_E_GONE);
  EXPECT_EQ(adapter_.close_track(7), VECHE_E_GONE);
  adapter_.attach(taps_);
  adapter_.attach(taps_);
  EXPECT_EQ(taps_.used, 1);
  EXPECT_EQ(adapter_.open_track(1), VECHE_E_GONE);
  EXPECT_EQ(adapter_.open_track(2), VECHE_E_INVALID);
  EXPECT_EQ(adapter_.close_track(1), VECHE_E_GONE);
  EXPECT_EQ(adapter_.close_track(7), VECHE_OK);
  plugin_.reopen = &adapter_;
  EXPECT_EQ(adapter_.open_track(7), VECHE_OK);
  EXPECT_EQ(plugin_.reopened, VECHE_E_INVALID);
  EXPECT_EQ(plugin_.calls.size(), 1u);
}

TEST_F(TrackTapAdapterTest, ReleaseIsDoneWhenTheMediaLayerSaysSo) {
  int done = 0;
  adapter_.release([&] { ++done; });
  EXPECT_EQ(done, 0);  // Not from within.
  while (done == 0) loop_.iterate(true);
  adapter_.attach(taps_);
  adapter_.release([&] { ++done; });
  EXPECT_EQ(taps_.released, 1);
  EXPECT_EQ(done, 1);
  adapter_.released();
  EXPECT_EQ(done, 2);
  EXPECT_EQ(adapter_.open_track(7), VECHE_E_GONE);
}

}  // namespace
}  // namespace veche::plugin::track_tap_adapter_test
