// SPDX-License-Identifier: Apache-2.0
// A room of 50 over lossy links, in virtual time: every turn is heard, and nothing else.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/thread_role.hpp"
#include "client.hpp"
#include "link.hpp"
#include "sfu.hpp"

namespace veche::simulation {
namespace {

constexpr uint16_t kClients = 50;
constexpr int64_t kStartNs = 1000 * kNsPerS;
/// From the first sound of a turn until a listener hears something of it: the links take up to
/// 170 ms, detection 60 to 100 ms, and where its packets are lost, a round trip more.
constexpr int64_t kHeardWithinNs = 350 * kNsPerMs;

struct Turn {
  uint16_t client;
  int64_t begin_ns, end_ns;
  std::vector<uint16_t> listeners;         ///< The members when it began.
  std::vector<int64_t> heard_ns;           ///< By client; 0: not yet.
  std::vector<int64_t> first_captured_ns;  ///< Of the oldest packet that each heard.
  bool is_cut = false;  ///< Somebody was muted or left: what follows proves nothing.
};

class RoomSimulation {
 public:
  explicit RoomSimulation(uint32_t seed) : random_(seed) {
    for (uint16_t i = 0; i < kClients; ++i) {
      const LinkQuality quality{.delay_ms = pick(5, 60),
                                .jitter_ms = pick(0, 25),
                                .loss = static_cast<double>(pick(0, 50)) / 1000};
      up_.emplace_back(quality, random_());
      down_.emplace_back(quality, random_());
      clients_.push_back(std::make_unique<Client>(i, pick(0, 1) == 1, random_()));
    }
    for (uint16_t i = 0; i < kClients; ++i) join(i);
  }

  void run(int64_t duration_ns) {
    const int64_t end_ns = now_ns_ + duration_ns;
    for (; now_ns_ < end_ns; now_ns_ += kNsPerMs) {
      step();
      if (testing::Test::HasFailure()) return;  // The first failure says more than thousands.
    }
  }

  void check_and_print() {
    uint64_t lost = 0, missing = 0, turns = 0, heard = 0;
    int64_t latest_ns = 0, sum_ns = 0, late_begins = 0;
    for (uint16_t i = 0; i < kClients; ++i) {
      lost += up_[i].lost() + down_[i].lost();
      missing += clients_[i]->missing();
    }
    for (const Turn& turn : done_) {
      ++turns;
      for (const uint16_t listener : turn.listeners) {
        const int64_t took_ns = turn.heard_ns[listener] - turn.begin_ns;
        ++heard;
        sum_ns += took_ns;
        latest_ns = std::max(latest_ns, took_ns);
        late_begins += turn.first_captured_ns[listener] - turn.begin_ns > 3 * kFrameNs ? 1 : 0;
      }
    }
    std::cout << turns << " turns, " << heard << " times heard, after "
              << sum_ns / kNsPerMs / std::max<int64_t>(1, static_cast<int64_t>(heard))
              << " ms, at most " << latest_ns / kNsPerMs << " ms; " << late_begins
              << " without their begin; " << sfu_.forwarded() << " packets forwarded, " << lost
              << " lost on the way, " << missing << " missing for good; " << rejoins_
              << " rejoins, " << mutes_ << " mutes, " << changes_ << " changes of source, "
              << sfu_.silences() << " silent frames\n";
    EXPECT_GT(turns, 0u);
    EXPECT_GT(rejoins_, 0u);
    EXPECT_GT(mutes_, 0u);
    EXPECT_GT(changes_, 0u);
    EXPECT_GT(sfu_.silences(), 0u);
    // Loss is repaired by NACK, mostly, and nothing else makes gaps.
    EXPECT_LT(missing, lost / 10);
    // The pre-roll brings the begin, unless just that was lost.
    EXPECT_LE(late_begins, static_cast<int64_t>(heard) / 100);
    EXPECT_EQ(sfu_.counters().bad_selections.value(), 0u);
    EXPECT_EQ(sfu_.counters().stale.value(), 0u);
  }

 private:
  int64_t pick(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }

  void step() {
    for (uint16_t i = 0; i < kClients; ++i) {
      up_[i].deliver(now_ns_, [&](Bytes& datagram) { deliver_up(i, datagram); });
    }
    sfu_.run(now_ns_);
    for (uint16_t i = 0; i < kClients; ++i) {
      const Client::Send send = [this, i](std::span<const uint8_t> datagram) {
        up_[i].send(addressed(clients_[i]->incarnation(), datagram), now_ns_);
      };
      down_[i].deliver(now_ns_, [&](Bytes& datagram) { deliver_down(i, datagram, send); });
      if (sfu_.is_member(i)) clients_[i]->run(now_ns_, send);
    }
    end_turns();
    if (now_ns_ >= next_turn_ns_) begin_turn();
    if (now_ns_ >= next_trouble_ns_) make_trouble();
  }

  /// A client's address changes with each join: the incarnation goes in front, for both directions.
  static Bytes addressed(uint16_t incarnation, std::span<const uint8_t> datagram) {
    Bytes bytes{static_cast<uint8_t>(incarnation)};
    bytes.insert(bytes.end(), datagram.begin(), datagram.end());
    return bytes;
  }
  void deliver_up(uint16_t client, Bytes& datagram) {
    sfu_.receive(client, datagram[0], std::span(datagram).subspan(1));
  }
  void deliver_down(uint16_t client, const Bytes& datagram, const Client::Send& send) {
    if (datagram[0] != clients_[client]->incarnation()) return;  // That address is closed.
    clients_[client]->receive(
        std::span(datagram).subspan(1), now_ns_, send,
        [&](uint32_t, const rtp::PacketView&, const Frame& frame) { hear(client, frame); });
  }

  void join(uint16_t client) { clients_[client]->join(sfu_.join(client), now_ns_); }

  void begin_turn() {
    next_turn_ns_ = now_ns_ + pick(300, 2000) * kNsPerMs;
    const auto client = static_cast<uint16_t>(pick(0, kClients - 1));
    const bool can_talk =
        sfu_.is_member(client) && clients_[client]->is_nominated() && !sfu_.is_muted(client);
    // With more than two at once a third or fourth need not be heard.
    if (!can_talk || running_.size() >= 2) return;
    for (const Turn& turn : running_) {
      if (turn.client == client) return;
    }
    Turn turn{client, now_ns_, now_ns_ + pick(1000, 4000) * kNsPerMs, {}, {}, {}};
    for (uint16_t i = 0; i < kClients; ++i) {
      if (i != client && sfu_.is_member(i) && clients_[i]->is_nominated())
        turn.listeners.push_back(i);
    }
    turn.heard_ns.assign(kClients, 0);
    turn.first_captured_ns.assign(kClients, 0);
    clients_[client]->talk_until(turn.end_ns, now_ns_);
    running_.push_back(std::move(turn));
  }

  void hear(uint16_t listener, const Frame& frame) {
    for (Turn& turn : running_) {
      if (turn.client != frame.client || frame.captured_ns < turn.begin_ns) continue;
      int64_t& first_ns = turn.first_captured_ns[listener];
      if (turn.heard_ns[listener] == 0) {
        turn.heard_ns[listener] = now_ns_;
        first_ns = frame.captured_ns;
      }
      // Of what is replayed together the oldest need not arrive first.
      first_ns = std::min(first_ns, frame.captured_ns);
    }
  }

  void end_turns() {
    std::erase_if(running_, [this](Turn& turn) {
      if (now_ns_ < turn.end_ns) return false;
      if (!turn.is_cut) {
        for (const uint16_t listener : turn.listeners) {
          EXPECT_GT(turn.heard_ns[listener], 0) << listener << " never heard " << turn.client;
          EXPECT_LE(turn.heard_ns[listener] - turn.begin_ns, kHeardWithinNs)
              << listener << " heard " << turn.client << " late";
        }
        done_.push_back(std::move(turn));
      }
      return true;
    });
  }

  /// Mutes, unmutes, removes or reconnects a participant, whatever it does just now.
  void make_trouble() {
    next_trouble_ns_ = now_ns_ + pick(500, 2500) * kNsPerMs;
    const auto client = static_cast<uint16_t>(pick(0, kClients - 1));
    if (pick(0, 2) == 0) {
      // Even of one that talks: nobody hears a difference.
      clients_[running_.empty() ? client : running_.front().client]->change_source();
      ++changes_;
      return;
    }
    cut(client);
    if (!sfu_.is_member(client)) {
      join(client);
      ++rejoins_;
    } else if (sfu_.is_muted(client)) {
      sfu_.set_muted(client, false);
    } else if (pick(0, 1) == 0) {
      sfu_.set_muted(client, true);
      ++mutes_;
    } else if (pick(0, 1) == 0) {
      sfu_.leave(client);
    } else {
      join(client);  // A reconnect: the new session takes the old one's place.
      ++rejoins_;
    }
  }
  void cut(uint16_t client) {
    for (Turn& turn : running_) {
      turn.is_cut |= turn.client == client;
      std::erase(turn.listeners, client);
    }
  }

  std::mt19937 random_;
  std::vector<Link> up_, down_;
  std::vector<std::unique_ptr<Client>> clients_;
  int64_t now_ns_ = kStartNs;
  int64_t next_turn_ns_ = kStartNs + 2 * kNsPerS, next_trouble_ns_ = kStartNs + 5 * kNsPerS;
  std::vector<Turn> running_, done_;
  uint64_t rejoins_ = 0, mutes_ = 0, changes_ = 0;
  Sfu sfu_{kClients,
           [this](uint16_t client, uint16_t incarnation, std::span<const uint8_t> datagram) {
             down_[client].send(addressed(incarnation, datagram), now_ns_);
           }};
};

uint32_t setting(const char* name, uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : otherwise;
}

void simulate(uint32_t seed, int64_t seconds) {
  const ActAs lane(ThreadRole::Lane);
  std::cout << "seed " << seed << ", " << seconds << " s of virtual time\n";
  RoomSimulation room(seed);
  room.run(seconds * kNsPerS);
  if (!testing::Test::HasFailure()) room.check_and_print();
}

constexpr uint32_t kWholeLengthS = 600;

uint32_t length_s() { return setting("VECHE_SIMULATION_SECONDS", kWholeLengthS); }

TEST(RoomOf50, HoldsForTenMinutes) { simulate(setting("VECHE_SIMULATION_SEED", 1), length_s()); }

TEST(RoomOf50, HoldsWithOtherSeeds) {
  const uint32_t newest = length_s() < kWholeLengthS ? 2 : 4;
  for (uint32_t seed = 2; seed <= newest && !HasFailure(); ++seed) simulate(seed, 30);
}

}  // namespace
}  // namespace veche::simulation
