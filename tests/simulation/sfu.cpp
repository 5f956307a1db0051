// SPDX-License-Identifier: Apache-2.0
// Joining and leaving in the order in which Attachment does it, and what must hold of each packet.
#include "sfu.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "../unit/rtp/packet_builder.hpp"
#include "base/big_endian.hpp"
#include "media/ice/datagram.hpp"
#include "rtp/ticks.hpp"

namespace veche::simulation {
namespace {

/// Speech is as old as the pre-roll and a repair of the uplink, at most. The loss of a silent
/// packet is noticed with the next one, which DTX sends 400 ms later.
constexpr int64_t kOldestSpeechNs = 700 * kNsPerMs, kOldestSilenceNs = 1200 * kNsPerMs;
constexpr uint8_t kQuietestSpeech = 70;
constexpr uint32_t kClockRate = 48000;

uint32_t first_slot_ssrc(uint16_t client, uint16_t incarnation) {
  return 0x40000000u + client * 0x10000u + incarnation * 16u;
}

media::CandidatePair address_of(uint16_t client, uint16_t incarnation) {
  return media::test::pair("10.0.0." + std::to_string(client + 1),
                           static_cast<uint16_t>(20000 + incarnation));
}

std::vector<rtp::SlotFormat> formats_of(const Admission& admission) {
  std::vector<rtp::SlotFormat> formats(admission.slot_count);
  for (uint32_t i = 0; i < admission.slot_count; ++i) {
    formats[i].ssrc = admission.first_slot_ssrc + i;
    formats[i].payload_type = kPayloadType;
    formats[i].mid_extension = 4;
    formats[i].audio_level_extension = kLevelExtension;
    formats[i].mid = std::to_string(i);
  }
  return formats;
}

}  // namespace

void ForwardingPolicy::decide(void* state, const veche_route& route, const veche_packet* packets,
                              uint32_t count, uint32_t* verdicts) noexcept {
  const forwarding::Settings settings;
  const forwarding::PrerollTuning tuning{
      .length_ns = forwarding::ms_to_ns(settings.preroll_ms),
      .gate_loudness = forwarding::loudness_of_dbov(settings.noise_gate_dbov)};
  forwarding::decide(*static_cast<forwarding::PrerollState*>(state), route,
                     {packets, sizeof(veche_packet), count}, tuning, verdicts);
}

Egress::Egress(Sfu& sfu, uint16_t client, const Admission& admission, int64_t now_ns)
    : Path(kSlots),
      reports({.ssrc = admission.first_slot_ssrc, .nack = true}, formats_of(admission), now_ns),
      sfu_(sfu),
      client_(client),
      admission_(admission) {}

std::span<uint8_t> Egress::begin(size_t size) noexcept {
  return is_open && size <= memory_.size() ? std::span(memory_).first(size) : std::span<uint8_t>();
}

void Egress::send(const rtp::PacketView& packet, size_t slot, int64_t capture_ns,
                  int64_t /*now_ns*/) noexcept {
  EXPECT_EQ(packet.ssrc(), admission_.first_slot_ssrc + slot);
  EXPECT_EQ(packet.mid(4), std::to_string(slot));
  check(packet, slots_[slot]);
  count(packet.bytes().size(), slot);
  reports.on_sent(slot, packet, packet.bytes(), capture_ns);
  sfu_.send_(client_, admission_.incarnation, packet.bytes());
}

void Egress::check(const rtp::PacketView& packet, Slot& slot) noexcept {
  if (is_silence(packet.payload())) {
    EXPECT_TRUE(slot.has_sent);
    EXPECT_EQ(packet.sequence(), static_cast<uint16_t>(slot.newest + 1));
    check_time(packet, slot);
    slot.follow(packet, sfu_.now_ns_);
    slot.has_ended = true;
    ++sfu_.silences_;
    return;
  }
  const Frame frame = Frame::read(packet.payload());
  EXPECT_NE(frame.client, client_) << "its own voice";
  EXPECT_EQ(rtp::test::csrc_of(packet), Sfu::source_number(frame.client));
  EXPECT_FALSE(sfu_.is_muted(frame.client)) << frame.client << " is muted";
  ASSERT_TRUE(sfu_.is_member(frame.client)) << frame.client << " has left";
  EXPECT_EQ(frame.incarnation, sfu_.members_[frame.client]->incarnation) << "it has left";
  const bool is_speech = packet.audio_level(kLevelExtension)->level <= kQuietestSpeech;
  EXPECT_LT(sfu_.now_ns_ - frame.captured_ns, is_speech ? kOldestSpeechNs : kOldestSilenceNs)
      << "stale";

  const bool switches = !slot.has_sent || packet.marker();
  EXPECT_TRUE(switches || !slot.has_ended) << "a source goes on after its end";
  slot.has_ended = false;
  const auto ahead = static_cast<int16_t>(packet.sequence() - slot.newest);
  if (switches) {
    EXPECT_TRUE(!slot.has_sent || ahead == 1) << "the stream jumps by " << ahead;
    if (slot.has_sent) check_time(packet, slot);
    slot.offset = static_cast<int32_t>(packet.sequence() - frame.sequence);
    slot.client = frame.client;
    slot.incarnation = frame.incarnation;
  } else {
    EXPECT_EQ(slot.client, frame.client) << "another source without a switch";
    EXPECT_EQ(slot.incarnation, frame.incarnation);
    // What is lost before us stays a gap, and there is no other.
    EXPECT_EQ(packet.sequence(),
              static_cast<uint16_t>(frame.sequence + static_cast<uint32_t>(slot.offset)));
  }
  if (switches || ahead > 0) slot.follow(packet, sfu_.now_ns_);
  slot.has_sent = true;
}

/// Where a source begins or ends, no time is lost: a packet whose timestamp has advanced by less
/// than the clock is late for the receiver, which delays all that follows.
void Egress::check_time(const rtp::PacketView& packet, const Slot& slot) const noexcept {
  const int64_t elapsed = rtp::ns_to_ticks(sfu_.now_ns_ - slot.sent_ns, kClockRate);
  // A publisher's other SSRC is joined by whole frames.
  EXPECT_GE(rtp::timestamp_distance(slot.timestamp, packet.timestamp()),
            elapsed - int64_t{kFrameTicks} / 2)
      << "late";
}

void Egress::Slot::follow(const rtp::PacketView& packet, int64_t now_ns) noexcept {
  newest = packet.sequence();
  timestamp = packet.timestamp();
  sent_ns = now_ns;
}

Sfu::Sfu(size_t clients, Send send)
    : send_(std::move(send)), participants_(clients), incarnations_(clients), members_(clients) {
  for (ParticipantId& id : participants_) id = ParticipantId::next();
  auto room = std::make_unique<media::LaneRoom>(room_feed_, counters_);
  std::unique_ptr<media::Selector::RoomState> selector = std::make_unique<ForwardingRoom>();
  room->swap_selector(selector);
  room_ = room.get();
  switchboard_.add_room(room, now_ns_);
}

Sfu::~Sfu() {
  for (uint16_t client = 0; client < members_.size(); ++client) leave(client);
}

Admission Sfu::join(uint16_t client) {
  leave(client);
  const uint16_t incarnation = ++incarnations_[client];
  const Admission admission{incarnation, 0x10000000u + client * 0x10000u + incarnation,
                            first_slot_ssrc(client, incarnation), kSlots,
                            "C" + std::to_string(client) + "I" + std::to_string(incarnation)};
  auto member = std::make_unique<Member>(*this, client, admission, now_ns_);
  member->incarnation = incarnation;
  member->feed = std::make_shared<media::TrackFeed>(participants_[client], source_number(client),
                                                    sdp::MediaKind::Audio, true);
  member->feed->muted = is_muted(client);
  EXPECT_TRUE(ice_.add(member->session, {.local_ufrag = "SRVR",
                                         .local_password = media::test::kPassword,
                                         .remote_ufrag = admission.ufrag}));
  switchboard_.add_track(member->feed, kLevelExtension, now_ns_);
  room_->add_track(member->feed);
  auto session =
      std::make_unique<media::LaneSession>(member->session, participants_[client], member->egress,
                                           &policy_, counters_, formats_of(admission), now_ns_);
  member->lane_session = session.get();
  switchboard_.add_session(session);
  room_->add_listener(member->session, participants_[client], 0, kSlots, 0, {});
  members_[client] = std::move(member);
  return admission;
}

void Sfu::leave(uint16_t client) {
  if (!members_[client]) return;
  Member& member = *members_[client];
  room_->remove_listener(member.session);
  room_->remove_track(member.feed->id);
  switchboard_.remove_track(member.feed->id, now_ns_);
  EXPECT_NE(switchboard_.remove_session(member.session), nullptr);
  ice_.remove(member.session);
  members_[client] = nullptr;
}

void Sfu::set_muted(uint16_t client, bool muted) {
  muted ? void(muted_.insert(client)) : void(muted_.erase(client));
  if (members_[client]) members_[client]->feed->muted = muted;
}

void Sfu::receive(uint16_t client, uint16_t incarnation, std::span<uint8_t> datagram) {
  const media::CandidatePair from = address_of(client, incarnation);
  const media::DatagramKind kind = media::classify(datagram);
  if (kind == media::DatagramKind::Stun) {
    std::array<uint8_t, media::IceLite::kMaxReplySize> reply;
    const media::IceOutcome outcome = ice_.handle(datagram, from, now_ns_, reply);
    if (outcome.reply_size > 0) send_(client, incarnation, {reply.data(), outcome.reply_size});
    if (outcome.change.nominated) members_[client]->egress.is_open = true;
    return;
  }
  const std::optional<SessionId> session = ice_.find(from, now_ns_);
  Member* member = session ? members_[client].get() : nullptr;
  if (!member || member->session != *session) return;  // It has left.
  ice_.heard(from, now_ns_);
  if (kind == media::DatagramKind::Srtcp) {
    member->egress.reports.on_rtcp(datagram, now_ns_, [&](std::span<const uint8_t> packet) {
      send_(client, incarnation, packet);
    });
    return;
  }
  const auto packet = rtp::PacketView::parse(datagram);
  ASSERT_TRUE(packet);
  take_in(*member, *packet);
}

void Sfu::take_in(Member& member, const rtp::PacketView& arrived) {
  media::TrackFeed& feed = *member.feed;
  const media::PacketTimes times = member.egress.reports.times(arrived, now_ns_);
  member.egress.reports.on_received(arrived, now_ns_);
  if (feed.muted) return;
  std::array<uint8_t, rtp::kMaxPacketSize> memory;
  const auto joined = member.joiner.join(arrived, now_ns_, memory);
  if (!joined) return;
  const rtp::PacketView& packet = *joined;
  const auto level = packet.audio_level(kLevelExtension);
  ASSERT_TRUE(level);
  feed.meter.add(level->level, now_ns_);
  feed.turn.add(level->level, now_ns_);
  if (!room_feed_->awake.exchange(true)) switchboard_.wake(room_feed_->id, now_ns_);
  const bool is_wanted = feed.wanted_lanes != 0;
  for (size_t i = 0; is_wanted && !member.is_flowing && i < member.history.size(); ++i) {
    const rtp::History::Entry& entry = member.history.at(i);
    switchboard_.remember(feed.id, entry.packet, entry.arrival_ns);
  }
  if (is_wanted) switchboard_.forward(feed.id, packet, times, level->level, now_ns_);
  member.is_flowing = is_wanted;
  member.history.push(packet, now_ns_);
}

void Sfu::run(int64_t now_ns) {
  now_ns_ = now_ns;
  if (now_ns >= switchboard_.tick_due_ns()) {
    switchboard_.tick(now_ns);
    for (const auto& member : members_) {
      if (member) check_speakers(*member);
    }
  }
  if (now_ns < next_reports_ns_) return;
  next_reports_ns_ = now_ns + media::Reports::kTickNs;
  for (uint16_t client = 0; client < members_.size(); ++client) {
    Member* member = members_[client].get();
    if (!member || !member->egress.is_open) continue;
    std::array<uint8_t, media::Reports::kMaxSize> memory;
    const auto report = member->egress.reports.write(now_ns, memory);
    if (!report.empty()) send_(client, member->incarnation, report);
  }
}

void Sfu::check_speakers(const Member& member) const {
  std::set<TrackId> tracks;
  size_t filled = 0;
  for (size_t slot = 0; slot < kSlots; ++slot) {
    const TrackId track = member.lane_session->track(slot);
    if (!track) continue;
    ++filled;
    tracks.insert(track);
  }
  EXPECT_LE(filled, kMaxSpeakers);
  EXPECT_EQ(tracks.size(), filled) << "a track fills two slots";
}

}  // namespace veche::simulation
