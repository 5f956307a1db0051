// SPDX-License-Identifier: Apache-2.0
// Fuzz target: SRTP and SRTCP of any bytes. What nobody sealed is refused, what was sealed comes
// back as it was, and one changed byte is enough to have it refused.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <vector>

#include "rtp/srtp/srtp_receiver.hpp"
#include "rtp/srtp/srtp_sender.hpp"

namespace {

using veche::rtp::SrtpProfile;
using veche::rtp::SrtpReceiver;
using veche::rtp::SrtpSender;
using Bytes = std::vector<uint8_t>;
using Protect = size_t (SrtpSender::*)(std::span<uint8_t>, size_t) noexcept;
using Unprotect = size_t (SrtpReceiver::*)(std::span<uint8_t>) noexcept;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Empty if it was refused. The copy has its own allocation, so that sanitizers see a read past it.
Bytes open(SrtpReceiver& receiver, Unprotect unprotect, Bytes packet) {
  packet.resize((receiver.*unprotect)(packet));
  return packet;
}

void check(SrtpSender& sender, Protect protect, SrtpReceiver& receiver, Unprotect unprotect,
           const Bytes& packet) {
  require(open(receiver, unprotect, packet).empty());
  Bytes sealed(packet.size() + SrtpSender::kMaxTrailer);
  std::copy(packet.begin(), packet.end(), sealed.begin());
  const size_t size = (sender.*protect)(sealed, packet.size());
  require(size == 0 || (size > packet.size() && size <= sealed.size()));
  if (size == 0) return;
  sealed.resize(size);
  Bytes changed = sealed;
  changed[packet.back() * size / 256] ^= 0x01;
  require(open(receiver, unprotect, changed).empty());
  require(open(receiver, unprotect, sealed) == packet);
  require(open(receiver, unprotect, sealed).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Keys take longer than packets: one profile for each input, whichever its size says.
  constexpr SrtpProfile kProfiles[] = {SrtpProfile::Aes128CmHmacSha1, SrtpProfile::AeadAes128Gcm,
                                       SrtpProfile::AeadAes256Gcm};
  const SrtpProfile profile = kProfiles[size % std::size(kProfiles)];
  const Bytes packet(data, data + size);
  const Bytes master(veche::rtp::srtp_key_size(profile) + veche::rtp::srtp_salt_size(profile), 1);
  const auto sender = SrtpSender::create(profile, master, 2);
  const auto receiver = SrtpReceiver::create(profile, master, 2);
  require(sender.ok() && receiver.ok());
  check(**sender, &SrtpSender::protect_rtp, **receiver, &SrtpReceiver::unprotect_rtp, packet);
  check(**sender, &SrtpSender::protect_rtcp, **receiver, &SrtpReceiver::unprotect_rtcp, packet);
  return 0;
}
