// SPDX-License-Identifier: Apache-2.0
// RTCP that Chromium and aiortc exchanged over a lossy link, decrypted; and a FIR, which they did
// not send, by RFC 5104 section 4.3.1.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "packet_builder.hpp"
#include "rtp/rtcp/rtcp_reader.hpp"

namespace veche::rtp::test {

inline Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

/// Read from the folder `rtcp`, which is also the corpus of the fuzz target.
inline Bytes sample(std::string_view name) {
  std::ifstream file(std::string(VECHE_RTCP_SAMPLES) + '/' + std::string(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A sender report, its CNAME and REMB in one datagram.
inline const Bytes kSenderReportAndRemb = sample("chromium-sender-report-remb");
/// A report on two streams, and a NACK.
inline const Bytes kReportAndNack = sample("chromium-report-nack");
/// An empty report, and a PLI.
inline const Bytes kReportAndPli = sample("chromium-report-pli");
/// Alone in its datagram, with 3 bytes of padding; a run.
inline const Bytes kFeedbackRun = sample("chromium-transport-cc-run");
/// Vectors of two bits, negative deltas, no padding.
inline const Bytes kFeedbackVectors = sample("chromium-transport-cc-vectors");
/// One packet is missing.
inline const Bytes kFeedbackWithLoss = sample("chromium-transport-cc-loss");
inline const Bytes kBye = sample("aiortc-bye");
/// Two commands.
inline const Bytes kFir = sample("rfc5104-fir");

inline const std::vector<Bytes> kSamples{
    kSenderReportAndRemb, kReportAndNack,    kReportAndPli, kFeedbackRun,
    kFeedbackVectors,     kFeedbackWithLoss, kBye,          kFir};

inline std::vector<RtcpPacket> packets_of(const Bytes& datagram) {
  std::vector<RtcpPacket> packets;
  RtcpReader reader(datagram);
  while (const auto packet = reader.next()) packets.push_back(*packet);
  return packets;
}

}  // namespace veche::rtp::test
