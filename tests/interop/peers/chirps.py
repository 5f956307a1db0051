# SPDX-License-Identifier: Apache-2.0
# A microphone that hears a chirp at known times of the wall clock, for talkers in Python. chirps.mjs finds the chirps.
import time

import numpy

RATE = 48000
FRAME_SAMPLES = 960
VOLUME = 12000
CHIRP_MS = 200


def make_chirp():
    count = CHIRP_MS * RATE // 1000
    index = numpy.arange(count)
    seconds = index / RATE
    edge = numpy.minimum(1, numpy.minimum(index, count - index) / (RATE * 0.005))
    phase = 500 * seconds + (3000 - 500) / (CHIRP_MS / 1000) * 0.5 * seconds**2
    return VOLUME * edge * numpy.sin(2 * numpy.pi * phase)


class ChirpMicrophone:
    """Frames of 20 ms. A chirp begins whenever the wall clock, in ms, is phase_ms and a multiple of period_ms."""

    def __init__(self, period_ms, phase_ms):
        self.period_ms = period_ms
        self.phase_ms = phase_ms
        self.chirp = make_chirp()
        self.made = []  # When, in ms since 1970.
        self.position = 0
        self.start = time.time()

    def due(self):
        """The time until the next frame has been heard to its end."""
        return self.start + (self.position + FRAME_SAMPLES) / RATE - time.time()

    def next(self):
        begin_ms = (self.start + self.position / RATE) * 1000
        samples = numpy.zeros(FRAME_SAMPLES)
        first = int((begin_ms - CHIRP_MS - self.phase_ms) // self.period_ms)
        for number in (first, first + 1):
            chirp_ms = number * self.period_ms + self.phase_ms
            offset = round((chirp_ms - begin_ms) * RATE / 1000)
            if not -len(self.chirp) < offset < FRAME_SAMPLES or chirp_ms < self.start * 1000:
                continue
            if offset >= 0:
                self.made.append(chirp_ms)
            part = self.chirp[max(0, -offset) : FRAME_SAMPLES - offset]
            samples[max(0, offset) : max(0, offset) + len(part)] += part
        self.position += FRAME_SAMPLES
        return samples.astype(numpy.int16)
