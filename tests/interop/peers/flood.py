# SPDX-License-Identifier: Apache-2.0
# Floods a media port with garbage from one socket, and prints as JSON how much it sent and how much was answered.
import argparse
import hashlib
import hmac
import itertools
import json
import os
import random
import re
import select
import socket
import struct
import time
import zlib

from hostile_offers import Client, offer, publisher, section

MAGIC_COOKIE = 0x2112A442
USERNAME, MESSAGE_INTEGRITY, PRIORITY, USE_CANDIDATE = 0x0006, 0x0008, 0x0024, 0x0025
FINGERPRINT, ICE_CONTROLLING = 0x8028, 0x802A
BATCH = 100
LISTEN_S = 1


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def binding_request(username, password):
    """A connectivity check by RFC 8445, with a wrong password."""
    body = attribute(USERNAME, username.encode()) + attribute(PRIORITY, struct.pack("!I", 0x7E7F1EFF))
    body += attribute(ICE_CONTROLLING, os.urandom(8)) + attribute(USE_CANDIDATE, b"")
    transaction = os.urandom(12)

    def header(size):
        return struct.pack("!HHI", 1, size, MAGIC_COOKIE) + transaction

    signed = header(len(body) + 24) + body
    body += attribute(MESSAGE_INTEGRITY, hmac.new(password, signed, hashlib.sha1).digest())
    checksum = zlib.crc32(header(len(body) + 8) + body) ^ 0x5354554E
    return header(len(body) + 8) + body + attribute(FINGERPRINT, struct.pack("!I", checksum))


def flip_bit(datagram):
    at = random.randrange(len(datagram))
    return datagram[:at] + bytes([datagram[at] ^ 1 << random.randrange(8)]) + datagram[at + 1 :]


def garbage(usernames):
    """One datagram of each kind."""
    request = binding_request(random.choice(usernames), os.urandom(24))
    yield request
    yield request[: random.randrange(len(request))]
    yield flip_bit(request)
    yield os.urandom(random.randrange(1, 1200))
    yield struct.pack("!BHHIHH", random.choice((20, 21, 22, 23)), 0xFEFD, 0, 0, 1, 40) + os.urandom(40)  # DTLS
    yield struct.pack("!BBHII", 0x80, 111, *(random.getrandbits(bits) for bits in (16, 32, 32))) + os.urandom(100)  # SRTP
    yield struct.pack("!BBHI", 0x81, random.choice((200, 201, 205)), 7, random.getrandbits(32)) + os.urandom(42)  # SRTCP


def session_username(options):
    """The user name of an existing session: that of a participant with bad intentions."""
    path = f"/v1/rooms/{options.room}/participants/mallory/session"
    status, _, answer = Client(options.server, options.key).request("POST", path, offer(publisher(), section("1")))
    if status != 201:
        raise SystemExit(f"the offer was answered {status}: {answer}")
    return re.search(r"^a=ice-ufrag:(\S+)", answer, re.MULTILINE)[1] + ":abcd"


def flood(sender, datagrams, rate, seconds):
    """Sends the same datagrams again and again, so all but the first round are replays; returns their number, and the time."""
    sent = 0
    supply = itertools.cycle(datagrams)
    start = now = time.monotonic()
    while now < start + seconds:
        for datagram in itertools.islice(supply, BATCH):
            try:
                sender.send(datagram)
                sent += 1
            except (BlockingIOError, ConnectionRefusedError):
                pass
        now = time.monotonic()
        early = start + sent / rate - now
        if early > 0:
            time.sleep(early)
    return sent, now - start


def count_replies(sender):
    replies = 0
    while select.select([sender], [], [], LISTEN_S)[0]:
        sender.recv(2048)
        replies += 1
    return replies


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--room", required=True)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--rate", type=float, default=100000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    usernames = [session_username(options), "nobody:abcd"]
    datagrams = [datagram for _ in range(500) for datagram in garbage(usernames)]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((options.address, options.port))
        sender.setblocking(False)
        sent, seconds = flood(sender, datagrams, options.rate, options.seconds)
        print(json.dumps({"sent": sent, "seconds": seconds, "per_second": sent / seconds, "replies": count_replies(sender)}))


if __name__ == "__main__":
    main()
