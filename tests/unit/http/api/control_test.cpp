// SPDX-License-Identifier: Apache-2.0
// What clients, backends and operators see of a controller's decisions, and what clients say of
// themselves with their offer.
#include <gtest/gtest.h>

#include "events_fixture.hpp"
#include "json_at.hpp"
#include "room/controller.hpp"

namespace veche::http {
namespace {

/// Holds Ann's first slot back, and asks something of her track.
class Strict final : public room::Controller {
 public:
  const std::vector<std::string>& reasons() const override { return reasons_; }
  void control(const veche_controlled_room& room, veche_room_decision& decision) override {
    hinted = room.track_count > 0 && (room.tracks[0].flags & VECHE_TRACK_HINTED) != 0;
    if (room.route_count > 0) {
      decision.routes[0] = {VECHE_TARGET_OFF, VECHE_PROTECT_TWO, 1, 0};
    }
    decision.sessions[0].quality = VECHE_QUALITY_POOR;
    decision.sessions[0].reason = 1;
    if (room.track_count > 0) decision.tracks[0] = {24'000, 60, 1, 0.25f, 1, 0};
  }
  void forget(SessionId) override {}
  void forget(RoomId) override {}

  bool hinted = false;

 private:
  const std::vector<std::string> reasons_{"", "congestion"};
};

class HttpControl : public HttpEvents {
 protected:
  /// Ann hears Bob in her first slot.
  void connect_both() {
    connect("ann");
    room::FakeSession& ann = newest_session();
    ann.link = {.source = media::LinkStatistics::Source::Feedback,
                .is_limit = true,
                .capacity_bps = 96'000,
                .queue_us = 31'500,
                .burst = 40,
                .loss = 0.25f,
                .loss_floor = 0.125f};
    ann.lane_load = 0.5f;
    ann.slot_bytes_sent = {1000, 0};
    ann.slot_statistics = {
        {.lost = 3, .expected = 10, .redundant_bytes = 400, .retransmitted_packets = 2}, {}};
    ann.track_statistics = {{.packets = 50, .bytes = 4000, .lost = 1, .expected = 51}};
    connect("bob");
    tick();
    media::Selection selection;
    selection.sessions = {{ann.id(), {newest_session().tracks()[0].track}}};
    engine.rooms.back()->poll(selection);
    rooms->controllers().add(strict_);
    tick();
  }
  void TearDown() override {
    rooms->controllers().remove(strict_);
    HttpEvents::TearDown();
  }
  /// Posts an offer with this query; the session connects.
  Answer offer(const std::string& path) {
    RawClient client(loop, url());
    const auto sessions = [this] {
      size_t count = 0;
      for (const auto& room : engine.rooms) count += room->sessions.size();
      return count;
    };
    const size_t before = sessions();
    client.send(text_of(
        {.method = "POST", .path = path, .body = "TSS", .content_type = "application/sdp"}));
    client.receive_until([&] { return sessions() > before || !client.received.empty(); });
    if (sessions() > before) {
      newest_session().answer();
      newest_session().connect();
    }
    client.receive_all();
    return parse_answer(client.received);
  }

  Strict strict_;
  const std::string ann_ = "/v1/rooms/blue/participants/ann";
};

TEST_F(HttpControl, AParticipantShowsItsNetworkAndWhatIsHeldBack) {
  connect("eve");
  EXPECT_EQ(at(get("/v1/rooms/blue/participants/eve").body, {"network"}),
            R"({"quality":"unknown","reason":"","since":null})");
  call({.method = "DELETE", .path = "/v1/rooms/blue/participants/eve"});
  connect_both();
  const std::string body = get(ann_).body;
  EXPECT_EQ(at(body, {"network", "quality"}), "\"poor\"");
  EXPECT_EQ(at(body, {"network", "reason"}), "\"congestion\"");
  EXPECT_NE(at(body, {"network", "since"}), "null");
  const std::string slots = at(body, {"slot_state"});
  EXPECT_NE(slots.find(R"("sent":"off","repeated":2,"resends":true,"reason":"congestion")"),
            std::string::npos)
      << slots;
  EXPECT_NE(slots.find(R"("sent":"all","repeated":null,"resends":true,"reason":"")"),
            std::string::npos)
      << slots;
}

TEST_F(HttpControl, StatisticsShowTheLinkAndWhatItsSlotsAndTracksCarry) {
  connect_both();
  const std::string body = get(ann_ + "/stats").body;
  EXPECT_EQ(at(body, {"link", "source"}), "\"feedback\"");
  EXPECT_EQ(at(body, {"link", "capacity_bps"}), "96000");
  EXPECT_EQ(at(body, {"link", "at_limit"}), "true");
  EXPECT_EQ(at(body, {"link", "queue_ms"}), "31.5");
  EXPECT_EQ(at(body, {"link", "loss"}), "0.25");
  EXPECT_EQ(at(body, {"link", "loss_floor"}), "0.125");
  EXPECT_EQ(at(body, {"link", "burst"}), "2.5");
  EXPECT_EQ(at(body, {"lane_load"}), "0.5");
  EXPECT_NE(at(body, {"slots"})
                .find(R"("bytes_sent":1000,"redundant_bytes":400,)"
                      R"("retransmitted_packets":2,"lost":3,"sent":"off")"),
            std::string::npos)
      << body;
  EXPECT_NE(at(body, {"tracks"})
                .find(R"("packets_received":50,"payload_bytes_received":4000,)"
                      R"("lost":1,"reported_loss":0.25,"max_bitrate_bps":24000,)"
                      R"("packet_ms":60,"reason":"congestion")"),
            std::string::npos)
      << body;
}

TEST_F(HttpControl, AClientIsToldOfHintsAndItsNetwork) {
  connect_both();
  const auto ann = listen("ann");
  ann->next();
  tick();
  EXPECT_EQ(ann->next(),
            R"({"type":"hint","data":{"max_bitrate_bps":24000,"tracks":[{"mid":"0",)"
            R"("max_bitrate_bps":24000,"packet_ms":60,"dtx":false,"reason":"congestion"}]}})");
  EXPECT_EQ(ann->next(), R"({"type":"quality","data":{"quality":"poor","reason":"congestion"}})");
  rooms->controllers().remove(strict_);
  tick();
  EXPECT_EQ(ann->next(), R"({"type":"hint","data":{"max_bitrate_bps":0,"tracks":[]}})");
  EXPECT_EQ(ann->next(), R"({"type":"quality","data":{"quality":"unknown","reason":""}})");
}

TEST_F(HttpControl, AnOfferSaysWhetherItsClientEncryptsAndObeysHints) {
  rooms->controllers().add(strict_);
  EXPECT_EQ(offer(ann_ + "/session?encrypted=true&hints=true").status, 201);
  EXPECT_TRUE(newest_session().request.is_encrypted);
  tick();
  EXPECT_TRUE(strict_.hinted);
  EXPECT_NE(at(get(ann_).body, {"tracks"}).find(R"("encrypted":true)"), std::string::npos);
  EXPECT_NE(get("/v1/rooms/blue/roster").body.find(R"("connected":true,"encrypted":true)"),
            std::string::npos);

  EXPECT_EQ(offer(ann_ + "/session?hints=false").status, 201);
  EXPECT_FALSE(newest_session().request.is_encrypted);
  tick();
  EXPECT_FALSE(strict_.hinted);
  EXPECT_NE(at(get(ann_).body, {"tracks"}).find(R"("encrypted":false)"), std::string::npos);

  const Answer refused = offer(ann_ + "/session?encrypted=yes");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("encrypted has to be true or false."), std::string::npos);
  EXPECT_EQ(offer(ann_ + "/session?hints=1").status, 400);
}

TEST_F(HttpControl, AnEncoderEncryptsToo) {
  rooms->controllers().add(strict_);
  EXPECT_EQ(offer("/whip/blue?participant=studio&encrypted=true&hints=true").status, 201);
  EXPECT_TRUE(newest_session().request.is_encrypted);
  tick();
  EXPECT_FALSE(strict_.hinted) << "it has no WebSocket";
}

}  // namespace
}  // namespace veche::http
