// SPDX-License-Identifier: Apache-2.0
// The server of one room without sockets and threads: ICE, a switchboard, the forwarding plugin's
// logic and each session's reports, and a check of every packet that leaves.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "client.hpp"
#include "forwarding/preroll.hpp"
#include "forwarding/room_selector.hpp"
#include "media/ice/ice_lite.hpp"
#include "media/lane/switchboard.hpp"
#include "media/wire/reports.hpp"
#include "rtp/stream_joiner.hpp"

namespace veche::simulation {

inline constexpr uint32_t kSlots = 5;
inline constexpr uint32_t kMaxSpeakers = 3;

/// The plugin's packet policy and selector, as its glue calls them.
class ForwardingPolicy final : public media::PacketPolicy {
 public:
  uint32_t state_size() const override { return sizeof(forwarding::PrerollState); }
  void decide(void* state, const veche_route& route, const veche_packet* packets, uint32_t count,
              uint32_t* verdicts) noexcept override;
};
class ForwardingRoom final : public media::Selector::RoomState {
 public:
  void use_settings(const media::Selector::Settings&) noexcept override {}
  void select(const veche_room_view& view, veche_selection& selection) noexcept override {
    selector_.select(view, selection);
  }

 private:
  forwarding::RoomSelector selector_{forwarding::Settings{.max_speakers = kMaxSpeakers}};
};

class Sfu;

/// One session. What it sends is checked against what its slots have sent before.
class Egress final : public media::Path {
 public:
  Egress(Sfu& sfu, uint16_t client, const Admission& admission, int64_t now_ns);
  std::span<uint8_t> begin(size_t size) noexcept override;
  void send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
            int64_t now_ns) noexcept override;

  /// ICE knows where to send to.
  bool is_open = false;
  media::Reports reports;

 private:
  struct Slot {
    bool has_sent = false;
    bool has_ended = false;  ///< With silence: another source has to begin.
    uint16_t newest = 0;     ///< The highest number sent,
    uint32_t timestamp = 0;  ///< its timestamp,
    int64_t sent_ns = 0;     ///< and when.
    int32_t offset = 0;      ///< From the publisher's numbers to the slot's.
    uint16_t client = 0;     ///< Whose packets it sends,
    uint16_t incarnation = 0;

    void follow(const rtp::PacketView& packet, int64_t now_ns) noexcept;
  };
  void check(const rtp::PacketView& packet, Slot& slot) noexcept;
  void check_time(const rtp::PacketView& packet, const Slot& slot) const noexcept;

  Sfu& sfu_;
  const uint16_t client_;
  const Admission admission_;
  std::array<uint8_t, 256> memory_{};
  std::vector<Slot> slots_{kSlots};
};

class Sfu final : private media::Outlet {
 public:
  /// To the client's address of that incarnation.
  using Send = std::function<void(uint16_t client, uint16_t incarnation, std::span<const uint8_t>)>;
  Sfu(size_t clients, Send send);
  ~Sfu() override;

  Admission join(uint16_t client);
  void leave(uint16_t client);
  void set_muted(uint16_t client, bool muted);
  /// A datagram of the client's, from the address of that incarnation.
  void receive(uint16_t client, uint16_t incarnation, std::span<uint8_t> datagram);
  /// To be called every millisecond.
  void run(int64_t now_ns);

  bool is_member(uint16_t client) const { return members_[client] != nullptr; }
  bool is_muted(uint16_t client) const { return muted_.count(client) > 0; }
  uint64_t forwarded() const { return counters_.packets_out.value(); }
  uint64_t silences() const { return silences_; }
  media::LaneCounters& counters() { return counters_; }

 private:
  friend class Egress;
  struct Member {
    explicit Member(Sfu& sfu, uint16_t client, const Admission& admission, int64_t now_ns)
        : egress(sfu, client, admission, now_ns) {}
    SessionId session = SessionId::next();
    uint16_t incarnation = 0;
    std::shared_ptr<media::TrackFeed> feed;
    media::LaneSession* lane_session = nullptr;
    rtp::StreamJoiner joiner;
    rtp::History history{media::Preroll::kMostPackets};
    bool is_flowing = false;
    Egress egress;
  };

  int64_t flush() noexcept override { return now_ns_; }
  /// What Ingress does with a packet, on the lane's own thread.
  void take_in(Member& member, const rtp::PacketView& arrived);
  void check_speakers(const Member& member) const;
  static uint32_t source_number(uint16_t client) { return 5000u + client; }

  const Send send_;
  uint64_t silences_ = 0;  ///< Frames with which slots have ended.
  int64_t now_ns_ = 0, next_reports_ns_ = 0;
  media::LaneCounters counters_;
  ForwardingPolicy policy_;
  media::Switchboard switchboard_{0, counters_, *this};
  const std::shared_ptr<media::RoomFeed> room_feed_ =
      std::make_shared<media::RoomFeed>(RoomId::next());
  media::LaneRoom* room_ = nullptr;  // The switchboard has it.
  media::IceLite ice_{media::test::kKey};
  std::vector<ParticipantId> participants_;
  std::vector<uint16_t> incarnations_;
  std::vector<std::unique_ptr<Member>> members_;
  std::set<uint16_t> muted_;
};

}  // namespace veche::simulation
