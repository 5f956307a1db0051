// SPDX-License-Identifier: Apache-2.0
// The direct path: libsrtp2 between the generator or the receiver and the socket.
#include <srtp2/srtp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <mutex>
#include <utility>

#include "base/time.hpp"
#include "media_path.hpp"

namespace veche::load {
namespace {

constexpr gsize kKeySize = 30;  // AES_CM_128_HMAC_SHA1_80: key and salt.
constexpr size_t kMaxPacketSize = 1600;

struct SrtpDeleter {
  void operator()(srtp_t session) const { srtp_dealloc(session); }
};
using SrtpPtr = std::unique_ptr<srtp_ctx_t, SrtpDeleter>;

/// `property` of dtlsenc or dtlsdec holds the key that DTLS negotiated.
Result<SrtpPtr> make_srtp(GstElement* dtls, const char* property, srtp_ssrc_type_t direction) {
  if (!dtls) return internal("webrtcbin has no DTLS element");
  const auto buffer = glib::property<GstBuffer>(dtls, property);
  std::array<uint8_t, kKeySize> key{};
  if (!buffer || gst_buffer_extract(buffer.get(), 0, key.data(), key.size()) != kKeySize) {
    return internal(std::string("DTLS negotiated no key: ") + property);
  }
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = key.data();
  policy.window_size = 1024;
  srtp_t session = nullptr;
  const srtp_err_status_t status = srtp_create(&session, &policy);
  key.fill(0);
  if (status != srtp_err_status_ok) return internal("libsrtp2 does not take the key");
  return SrtpPtr(session);
}

/// RFC 7983: other protocols on the port begin with another byte.
bool is_media(std::span<const uint8_t> datagram) {
  return datagram.size() >= 8 && datagram[0] >= 128 && datagram[0] <= 191;
}
/// RFC 5761: RTCP has these types.
bool is_rtcp(std::span<const uint8_t> datagram) {
  return is_media(datagram) && datagram[1] >= 192 && datagram[1] <= 223;
}
bool is_rtp(std::span<const uint8_t> datagram) {
  return is_media(datagram) && datagram.size() >= 12 && !is_rtcp(datagram);
}

/// The kernel's metadata of a datagram.
struct Arrival {
  /// The time at which the kernel put it into the socket, so that a late read is not charged to the
  /// server.
  int64_t at_ns = 0;
  uint32_t drops = 0;  ///< The number of datagrams that the full socket has dropped so far.
};

/// Peeks at the next datagram, which stays in the socket.
ssize_t peek(int descriptor, std::span<uint8_t> datagram, Arrival& arrival) {
  iovec part{datagram.data(), datagram.size()};
  alignas(cmsghdr) std::array<uint8_t, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(uint32_t))>
      control;
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t size = recvmsg(descriptor, &header, MSG_PEEK | MSG_DONTWAIT);
  arrival.at_ns = monotonic_ns();
  for (cmsghdr* at = CMSG_FIRSTHDR(&header); size >= 0 && at; at = CMSG_NXTHDR(&header, at)) {
    if (at->cmsg_level != SOL_SOCKET) continue;
    if (at->cmsg_type == SO_RXQ_OVFL)
      std::memcpy(&arrival.drops, CMSG_DATA(at), sizeof arrival.drops);
    if (at->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{}, now{};
    std::memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
    clock_gettime(CLOCK_REALTIME, &now);
    arrival.at_ns -= (now.tv_sec - stamp.tv_sec) * kNsPerS + now.tv_nsec - stamp.tv_nsec;
  }
  return size;
}

class DirectPath final : public MediaPath, public SocketReader::Listener {
 public:
  DirectPath(glib::Ref<NiceAgent> agent, SocketReader& reader, std::shared_ptr<Receiver> receiver,
             uint32_t ssrc, Feedback feedback)
      : agent_(std::move(agent)),
        reader_(reader),
        receiver_(std::move(receiver)),
        feedback_(feedback, ssrc, receiver_->told, monotonic_ns()),
        context_(glib::adopt(g_main_context_new())) {}

  void see(GstElement* element, std::string_view factory) override {
    const std::lock_guard lock(mutex_);
    if (factory == "dtlsenc") encoder_ = glib::share(element);
    if (factory == "dtlsdec") decoder_ = glib::share(element);
    if (factory == "nicesink") sink_ = glib::share(element);
    if (factory == "nicesrc") {
      // A packet before open() would make rtpbin build a jitter buffer for it.
      const auto pad = glib::adopt(gst_element_get_static_pad(element, "src"));
      gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, drop_rtp, nullptr, nullptr);
    }
  }

  Status open(uint8_t transport_cc) override {
    const std::lock_guard lock(mutex_);
    auto out = make_srtp(encoder_.get(), "encoder-key", ssrc_any_outbound);
    auto rtcp_out = make_srtp(encoder_.get(), "encoder-key", ssrc_any_outbound);
    auto in = make_srtp(decoder_.get(), "decoder-key", ssrc_any_inbound);
    if (!out) return out.error();
    if (!rtcp_out) return rtcp_out.error();
    if (!in) return in.error();
    out_ = *std::move(out);
    rtcp_out_ = *std::move(rtcp_out);
    feedback_.set_transport_cc(transport_cc);
    in_ = *std::move(in);
    Status status = take_socket();
    // Elements hold their bin's signal, whose handler holds this path.
    encoder_ = decoder_ = sink_ = nullptr;
    return status;
  }

  void close() override {
    const std::lock_guard lock(mutex_);
    encoder_ = decoder_ = sink_ = nullptr;
    if (socket_) reader_.remove(*this);
  }

  bool send(std::span<const uint8_t> packet) noexcept override {
    std::array<uint8_t, kMaxPacketSize> datagram;
    if (packet.size() + SRTP_MAX_TRAILER_LEN > datagram.size()) return false;
    std::copy(packet.begin(), packet.end(), datagram.begin());
    auto size = static_cast<int>(packet.size());
    return srtp_protect(out_.get(), datagram.data(), &size) == srtp_err_status_ok &&
           send_sealed(datagram.data(), size);
  }

  int descriptor() const noexcept override { return g_socket_get_fd(socket_.get()); }
  int64_t due_ns() const noexcept override { return feedback_.due_ns(); }

  void on_readable() noexcept override {
    read_batch();
    std::array<uint8_t, ClientFeedback::kMaxSize + SRTP_MAX_TRAILER_LEN + sizeof(uint32_t)>
        datagram;
    const std::span<uint8_t> room(datagram.data(), ClientFeedback::kMaxSize);
    auto size = static_cast<int>(feedback_.next(monotonic_ns(), room));
    if (size != 0 &&
        srtp_protect_rtcp(rtcp_out_.get(), datagram.data(), &size) == srtp_err_status_ok) {
      send_sealed(datagram.data(), size);
    }
  }

 private:
  static constexpr int kBatch = 32;

  void read_batch() noexcept {
    std::array<uint8_t, kMaxPacketSize> datagram;
    for (int i = 0; i < kBatch; ++i) {
      Arrival arrival;
      const ssize_t size = peek(descriptor(), datagram, arrival);
      if (size < 0) return;
      if (arrival.drops != 0)
        receiver_->socket_drops.store(arrival.drops, std::memory_order_relaxed);
      const auto packet = std::span(datagram).first(static_cast<size_t>(size));
      // libnice itself reads STUN from its socket.
      if (!is_media(packet) && g_main_context_iteration(context_.get(), FALSE)) continue;
      recv(descriptor(), nullptr, 0, MSG_DONTWAIT);
      receive(packet, arrival.at_ns);
    }
  }

  bool send_sealed(const uint8_t* bytes, int size) noexcept {
    return ::sendto(descriptor(), bytes, static_cast<size_t>(size), 0,
                    reinterpret_cast<const sockaddr*>(&remote_), sizeof remote_) == size;
  }

  Status take_socket() {
    guint stream = 0;
    if (sink_) g_object_get(sink_.get(), "stream", &stream, nullptr);
    NiceCandidate *local = nullptr, *remote = nullptr;
    if (!nice_agent_get_selected_pair(agent_.get(), stream, NICE_COMPONENT_TYPE_RTP, &local,
                                      &remote)) {
      return internal("ICE has selected no pair");
    }
    socket_ =
        glib::adopt(nice_agent_get_selected_socket(agent_.get(), stream, NICE_COMPONENT_TYPE_RTP));
    if (!socket_) return internal("ICE has no socket");
    nice_address_copy_to_sockaddr(&remote->addr, reinterpret_cast<sockaddr*>(&remote_));
    // From now on libnice reads only on request, on the reader's thread.
    nice_agent_attach_recv(agent_.get(), stream, NICE_COMPONENT_TYPE_RTP, context_.get(),
                           on_read_by_libnice, this);
    const int on = 1;
    setsockopt(descriptor(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(descriptor(), SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    reader_.add(*this);
    return Ok{};
  }

  /// [reader] libnice reads until its socket is empty.
  static void on_read_by_libnice(NiceAgent*, guint, guint, guint size, gchar* bytes,
                                 gpointer data) {
    std::array<uint8_t, kMaxPacketSize> datagram;
    if (size > datagram.size()) return;
    std::copy_n(bytes, size, datagram.begin());
    static_cast<DirectPath*>(data)->receive({datagram.data(), size}, monotonic_ns());
  }

  static GstPadProbeReturn drop_rtp(GstPad*, GstPadProbeInfo* info, gpointer) {
    std::array<uint8_t, 12> head;
    const gsize size =
        gst_buffer_extract(GST_PAD_PROBE_INFO_BUFFER(info), 0, head.data(), head.size());
    return is_rtp({head.data(), size}) ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  }

  void receive(std::span<uint8_t> packet, int64_t arrival_ns) noexcept {
    auto size = static_cast<int>(packet.size());
    if (is_rtcp(packet)) {
      if (srtp_unprotect_rtcp(in_.get(), packet.data(), &size) == srtp_err_status_ok)
        feedback_.on_rtcp(packet.first(static_cast<size_t>(size)), arrival_ns);
    } else if (is_rtp(packet)) {
      const bool good = srtp_unprotect(in_.get(), packet.data(), &size) == srtp_err_status_ok;
      // Packets that are not authentic count as not RTP.
      const auto plain = good ? packet.first(static_cast<size_t>(size)) : std::span<uint8_t>();
      receiver_->take(plain, arrival_ns);
      feedback_.on_rtp(plain, arrival_ns);
    }
  }

  const glib::Ref<NiceAgent> agent_;
  SocketReader& reader_;
  const std::shared_ptr<Receiver> receiver_;
  ClientFeedback feedback_;                // For the reader, once it is open.
  const glib::Ref<GMainContext> context_;  // For libnice's sources on the socket.
  std::mutex mutex_;                       // Guards the results of see() until open().
  glib::Ref<GstElement> encoder_, decoder_, sink_;
  SrtpPtr out_;       // For the generator.
  SrtpPtr rtcp_out_;  // For the reader: RTCP has an index of its own, so the key can be shared.
  SrtpPtr in_;        // For the reader.
  glib::Ref<GSocket> socket_;
  sockaddr_in remote_{};
};

}  // namespace

std::shared_ptr<MediaPath> make_direct_path(glib::Ref<NiceAgent> agent, SocketReader& reader,
                                            std::shared_ptr<Receiver> receiver, uint32_t ssrc,
                                            Feedback feedback) {
  return std::make_shared<DirectPath>(std::move(agent), reader, std::move(receiver), ssrc,
                                      feedback);
}

}  // namespace veche::load
