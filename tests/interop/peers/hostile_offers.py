# SPDX-License-Identifier: Apache-2.0
# Posts offers that no honest client makes: the server must refuse each with a reason, and survive.
import argparse
import http.client
import itertools
import json
import os
import sys
import urllib.parse

FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
ICE = ["a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx"]
SECURITY = [FINGERPRINT, "a=setup:actpass"]


def section(mid, direction="recvonly", ice=ICE, security=SECURITY, extra=()):
    lines = ["m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", *ice, *security]
    lines += [f"a=mid:{mid}"] if mid is not None else []
    return [*lines, f"a={direction}", "a=rtcp-mux", "a=rtpmap:111 opus/48000/2", *extra]


def data_channel(mid):
    return ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0", *ICE, *SECURITY, f"a=mid:{mid}",
            "a=sctp-port:5000"]


def offer(*sections, bundle=None):
    mids = [line[6:] for lines in sections for line in lines if line.startswith("a=mid:")]
    group = " ".join(mids if bundle is None else bundle)
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {group}"]
    return "\r\n".join(lines + [line for lines in sections for line in lines]) + "\r\n"


def publisher(mid="0", **options):
    return section(mid, "sendonly", extra=["a=ssrc:1001 cname:x"], **options)


GOOD = {
    "plain": offer(publisher(), section("1"), section("2")),
    "data channel last": offer(publisher(), section("1"), data_channel("2")),
}
BAD = {
    "no mid": offer(publisher(None), section(None), bundle=["0"]),
    "one section without mid": offer(publisher(), section(None)),
    "200 sections": offer(publisher(), *[section(str(i)) for i in range(1, 200)]),
    "duplicate mids": offer(publisher(), section("1"), section("1")),
    "no fingerprint": offer(publisher(security=SECURITY[1:]), section("1", security=SECURITY[1:])),
    "short fingerprint": offer(publisher(security=["a=fingerprint:sha-256 AB:CD", SECURITY[1]])),
    "fingerprint of an unknown hash": offer(publisher(security=["a=fingerprint:md4 AB:CD", SECURITY[1]])),
    "no ICE credentials": offer(publisher(ice=[]), section("1", ice=[])),
    "ICE credentials too short": offer(publisher(ice=["a=ice-ufrag:a", "a=ice-pwd:b"])),
    "ICE credentials of forbidden characters": offer(publisher(ice=["a=ice-ufrag:ab\"d", "a=ice-pwd:" + "%" * 24])),
    "ICE credentials too long": offer(publisher(ice=["a=ice-ufrag:" + "a" * 300, "a=ice-pwd:" + "b" * 300])),
    "no bundle": offer(publisher(), section("1")).replace("a=group:BUNDLE 0 1\r\n", ""),
    "bundle of unknown mids": offer(publisher(), bundle=["0", "nowhere"]),
    "no rtcp-mux": offer(publisher(), section("1")).replace("a=rtcp-mux\r\n", ""),
    "duplicate SSRCs": offer(publisher("0"), publisher("1")),
    "no Opus": offer(publisher()).replace("opus/48000/2", "PCMU/8000"),
    "no media": "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
    "only a version": "v=0\r\n",
    "a truncated offer": offer(publisher(), section("1"))[:150],
    "a NUL inside": offer(publisher()).replace("a=mid:0", "a=mid:0\0x"),
    "JSON": json.dumps({"type": "offer", "sdp": offer(publisher())}),
    "an empty body": "",
    "1 MB of text": "a=x:" + "y" * (1 << 20),
    "1 MB of sections": (offer(publisher()) * 4000)[: 1 << 20],
    "binary garbage": os.urandom(20000),
    "binary garbage after a good start": offer(publisher()).encode() + os.urandom(20000),
}
ALSO_REFUSED = {"1 MB of text": 413, "1 MB of sections": 413}


class Client:
    def __init__(self, server, key):
        self.address = urllib.parse.urlsplit(server).netloc
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/sdp", "Connection": "close"}

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, self.headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode(errors="replace")
        finally:
            connection.close()


def check_refused(client, path, name, body):
    """The complaint about the server's reaction, or None."""
    try:
        status, headers, text = client.request("POST", path, body)
    except OSError as error:
        # A server may close on an oversized body before all of it was sent.
        if name not in ALSO_REFUSED or not isinstance(error, (BrokenPipeError, ConnectionResetError)):
            return f"{name}: {error!r}"
        status = ALSO_REFUSED[name]
    else:
        if headers.get_content_type() != "application/problem+json":
            return f"{name}: {status} with {headers.get_content_type()}: {text[:200]}"
        problem = json.loads(text)
        if problem.get("status") != status or not problem.get("title") or not problem.get("detail"):
            return f"{name}: no reason in {text[:300]}"
        print(f"{name}: {status} {problem['detail'][:160]}")
    if status not in (400, ALSO_REFUSED.get(name, 400)):
        return f"{name}: answered {status}"
    if client.request("GET", "/healthz")[0] != 200:
        return f"{name}: the server is not healthy afterwards"
    return None


def check_accepted(client, path, name, body):
    status, headers, text = client.request("POST", path, body)
    if status != 201 or headers.get_content_type() != "application/sdp":
        return f"{name}: a good offer was answered {status} {text[:300]}"
    if name == "data channel last" and "m=application 0 " not in text:
        return f"{name}: the data channel was not refused with port 0"
    location = urllib.parse.urlsplit(headers["Location"]).path
    status, _, text = client.request("DELETE", location)
    return None if status in (200, 204) else f"{name}: DELETE was answered {status} {text[:300]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--key", required=True)
    options = parser.parse_args()
    client = Client(options.server, options.key)
    # Of a participant each: the server limits the offers for one.
    paths = (f"/v1/rooms/hostile/participants/mallory-{number}/session" for number in itertools.count())
    # Good offers first: the others differ from them in one thing each. And last: nothing was broken.
    complaints = [check_accepted(client, next(paths), name, body) for name, body in GOOD.items()]
    complaints += [check_refused(client, next(paths), name, body) for name, body in BAD.items()]
    complaints += [check_accepted(client, next(paths), name, body) for name, body in GOOD.items()]
    complaints = [complaint for complaint in complaints if complaint]
    print("\n".join(complaints), file=sys.stderr)
    sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
