# SPDX-License-Identifier: Apache-2.0
"""A backend for voice rooms: login, rooms, moderation, recordings, and who was there."""
