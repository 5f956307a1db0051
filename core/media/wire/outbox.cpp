// SPDX-License-Identifier: Apache-2.0
// Sends with sendmmsg, and accounts for each datagram.
#include "media/wire/outbox.hpp"

#include <algorithm>

namespace veche::media {
namespace {

/// A batch of voice packets is smaller than one datagram of the largest size; larger packets make
/// smaller batches.
constexpr size_t kMemory = 8 * UdpSocket::kMaxDatagram;

}  // namespace

Outbox::Outbox(const UdpSocket& socket) : socket_(socket), memory_(kMemory) {
  for (size_t i = 0; i < kBatch; ++i) {
    headers_[i].msg_hdr.msg_name = &addresses_[i];
    headers_[i].msg_hdr.msg_iov = &parts_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
  }
}

std::span<uint8_t> Outbox::begin() noexcept {
  if (count_ == kBatch || memory_.size() - used_ < UdpSocket::kMaxDatagram) flush();
  return std::span(memory_).subspan(used_, UdpSocket::kMaxDatagram);
}

void Outbox::put(size_t size, const Address& to, Path& path, size_t packet_size,
                 size_t slot) noexcept {
  const socklen_t name_size = to.write(socket_.family(), addresses_[count_]);
  if (name_size == 0) {
    path.failures.add();
    return;
  }
  headers_[count_].msg_hdr.msg_namelen = name_size;
  parts_[count_] = {memory_.data() + used_, size};
  senders_[count_] = {&path, packet_size, slot};
  used_ += size;
  ++count_;
}

void Outbox::flush() noexcept {
  size_t done = 0;
  while (done < count_) {
    const size_t sent = socket_.send(std::span(headers_).subspan(done, count_ - done));
    for (const Sender& sender : std::span(senders_).subspan(done, sent)) {
      sender.path->count(sender.packet_size, sender.slot);
    }
    done += sent;
    if (done == count_) break;
    // The kernel stopped at this datagram; later ones may have other destinations.
    senders_[done].path->failures.add();
    ++done;
  }
  used_ = count_ = 0;
}

}  // namespace veche::media
