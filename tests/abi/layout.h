/* SPDX-License-Identifier: Apache-2.0 */
/* The memory layout of every public struct, frozen: a line may be added, none may change. C11 and
 * C++20. */
#include <assert.h>
#include <veche/controller.h>
#include <veche/host.h>
#include <veche/http_routes.h>
#include <veche/observer.h>
#include <veche/packet_policy.h>
#include <veche/plugin.h>
#include <veche/room_settings.h>
#include <veche/selector.h>
#include <veche/track_tap.h>

#define SIZE(type, bytes) static_assert(sizeof(type) == (bytes), #type)
#define AT(type, field, bytes) static_assert(offsetof(type, field) == (bytes), #type "." #field)

/* All platforms of this server have pointers of 64 bit. */
static_assert(sizeof(void*) == 8, "pointer");

SIZE(veche_error, 256);
AT(veche_error, struct_size, 0);
AT(veche_error, code, 4);
AT(veche_error, message, 8);

SIZE(veche_host, 16);
AT(veche_host, struct_size, 0);
AT(veche_host, abi_minor, 4);
AT(veche_host, get_extension, 8);

SIZE(veche_plugin_entry, 104);
AT(veche_plugin_entry, struct_size, 0);
AT(veche_plugin_entry, abi_minor, 4);
AT(veche_plugin_entry, id, 8);
AT(veche_plugin_entry, version, 16);
AT(veche_plugin_entry, license, 24);
AT(veche_plugin_entry, summary, 32);
AT(veche_plugin_entry, config_schema, 40);
AT(veche_plugin_entry, needs, 48);
AT(veche_plugin_entry, offers, 56);
AT(veche_plugin_entry, create, 64);
AT(veche_plugin_entry, start, 72);
AT(veche_plugin_entry, stop, 80);
AT(veche_plugin_entry, destroy, 88);
AT(veche_plugin_entry, get_extension, 96);

SIZE(veche_log, 24);
AT(veche_log, struct_size, 0);
AT(veche_log, write, 8);
AT(veche_log, fail, 16);

SIZE(veche_config, 48);
AT(veche_config, struct_size, 0);
AT(veche_config, get_integer, 8);
AT(veche_config, get_number, 16);
AT(veche_config, get_boolean, 24);
AT(veche_config, get_string, 32);
AT(veche_config, get_json, 40);

SIZE(veche_loop, 32);
AT(veche_loop, struct_size, 0);
AT(veche_loop, post, 8);
AT(veche_loop, add_timer, 16);
AT(veche_loop, cancel_timer, 24);

SIZE(veche_candidate, 40);
AT(veche_candidate, track, 0);
AT(veche_candidate, participant, 8);
AT(veche_candidate, last_packet_ns, 16);
AT(veche_candidate, kind, 24);
AT(veche_candidate, flags, 28);
AT(veche_candidate, packets, 32);
AT(veche_candidate, level, 36);
AT(veche_candidate, smoothed_level, 37);
AT(veche_candidate, reserved, 38);

SIZE(veche_preference, 16);
AT(veche_preference, participant, 0);
AT(veche_preference, flags, 8);
AT(veche_preference, reserved, 12);

SIZE(veche_slot, 16);
AT(veche_slot, track, 0);
AT(veche_slot, kind, 8);
AT(veche_slot, reserved, 12);

SIZE(veche_listener, 40);
AT(veche_listener, session, 0);
AT(veche_listener, participant, 8);
AT(veche_listener, first_slot, 16);
AT(veche_listener, slot_count, 20);
AT(veche_listener, first_preference, 24);
AT(veche_listener, preference_count, 28);
AT(veche_listener, max_speakers, 32);
AT(veche_listener, reserved, 36);

SIZE(veche_attribute, 16);
AT(veche_attribute, name, 0);
AT(veche_attribute, value, 8);

SIZE(veche_attributes, 16);
AT(veche_attributes, list, 0);
AT(veche_attributes, count, 8);
AT(veche_attributes, revision, 12);

SIZE(veche_room_view, 80);
AT(veche_room_view, struct_size, 0);
AT(veche_room_view, reserved, 4);
AT(veche_room_view, room, 8);
AT(veche_room_view, now_ns, 16);
AT(veche_room_view, candidates, 24);
AT(veche_room_view, listeners, 32);
AT(veche_room_view, preferences, 40);
AT(veche_room_view, candidate_count, 48);
AT(veche_room_view, listener_count, 52);
AT(veche_room_view, preference_count, 56);
AT(veche_room_view, slot_count, 60);
AT(veche_room_view, candidate_attributes, 64);
AT(veche_room_view, listener_attributes, 72);

SIZE(veche_selection, 32);
AT(veche_selection, struct_size, 0);
AT(veche_selection, reserved, 4);
AT(veche_selection, slots, 8);
AT(veche_selection, speaking, 16);
AT(veche_selection, dominant, 24);

SIZE(veche_selector, 80);
AT(veche_selector, struct_size, 0);
AT(veche_selector, reserved, 4);
AT(veche_selector, make_settings, 8);
AT(veche_selector, free_settings, 16);
AT(veche_selector, open, 24);
AT(veche_selector, close, 32);
AT(veche_selector, use_settings, 40);
AT(veche_selector, select, 48);
AT(veche_selector, make_memory, 56);
AT(veche_selector, free_memory, 64);
AT(veche_selector, use_memory, 72);

SIZE(veche_packet, 32);
AT(veche_packet, arrival_ns, 0);
AT(veche_packet, sequence, 8);
AT(veche_packet, timestamp, 12);
AT(veche_packet, size, 16);
AT(veche_packet, flags, 20);
AT(veche_packet, level, 24);
AT(veche_packet, reserved, 25);

SIZE(veche_route, 40);
AT(veche_route, struct_size, 0);
AT(veche_route, kind, 4);
AT(veche_route, track, 8);
AT(veche_route, session, 16);
AT(veche_route, clock_rate, 24);
AT(veche_route, generation, 28);
AT(veche_route, now_ns, 32);

SIZE(veche_packet_policy, 16);
AT(veche_packet_policy, struct_size, 0);
AT(veche_packet_policy, state_size, 4);
AT(veche_packet_policy, decide, 8);

SIZE(veche_event, 56);
AT(veche_event, struct_size, 0);
AT(veche_event, reserved, 4);
AT(veche_event, seq, 8);
AT(veche_event, time_unix_ms, 16);
AT(veche_event, type, 24);
AT(veche_event, room, 32);
AT(veche_event, participant, 40);
AT(veche_event, data, 48);

SIZE(veche_observer, 16);
AT(veche_observer, struct_size, 0);
AT(veche_observer, reserved, 4);
AT(veche_observer, on_event, 8);

SIZE(veche_http_request, 80);
AT(veche_http_request, struct_size, 0);
AT(veche_http_request, param_count, 4);
AT(veche_http_request, id, 8);
AT(veche_http_request, method, 16);
AT(veche_http_request, path, 24);
AT(veche_http_request, params, 32);
AT(veche_http_request, query, 40);
AT(veche_http_request, key_id, 48);
AT(veche_http_request, body, 56);
AT(veche_http_request, body_size, 64);
AT(veche_http_request, accept, 72);

SIZE(veche_http_route, 64);
AT(veche_http_route, struct_size, 0);
AT(veche_http_route, access, 4);
AT(veche_http_route, method, 8);
AT(veche_http_route, pattern, 16);
AT(veche_http_route, summary, 24);
AT(veche_http_route, body_schema, 32);
AT(veche_http_route, handle, 40);
AT(veche_http_route, query_schema, 48);
AT(veche_http_route, responses, 56);

SIZE(veche_http_routes, 16);
AT(veche_http_routes, struct_size, 0);
AT(veche_http_routes, route_count, 4);
AT(veche_http_routes, routes, 8);

SIZE(veche_http, 32);
AT(veche_http, struct_size, 0);
AT(veche_http, reserved, 4);
AT(veche_http, reply, 8);
AT(veche_http, reply_problem, 16);
AT(veche_http, reply_file, 24);

SIZE(veche_room_info, 40);
AT(veche_room_info, struct_size, 0);
AT(veche_room_info, participant_count, 4);
AT(veche_room_info, room, 8);
AT(veche_room_info, created_unix_ms, 16);
AT(veche_room_info, id, 24);
AT(veche_room_info, incarnation, 32);

SIZE(veche_participant_info, 80);
AT(veche_participant_info, struct_size, 0);
AT(veche_participant_info, muted, 4);
AT(veche_participant_info, id, 8);
AT(veche_participant_info, room, 16);
AT(veche_participant_info, participant, 24);
AT(veche_participant_info, name, 32);
AT(veche_participant_info, metadata, 40);
AT(veche_participant_info, session, 48);
AT(veche_participant_info, tracks, 56);
AT(veche_participant_info, track_count, 64);
AT(veche_participant_info, reserved, 68);
AT(veche_participant_info, attributes, 72);

SIZE(veche_rooms, 56);
AT(veche_rooms, struct_size, 0);
AT(veche_rooms, reserved, 4);
AT(veche_rooms, visit_rooms, 8);
AT(veche_rooms, visit_participants, 16);
AT(veche_rooms, set_muted, 24);
AT(veche_rooms, request_key_frame, 32);
AT(veche_rooms, emit, 40);
AT(veche_rooms, announce, 48);

SIZE(veche_metric_label, 16);
AT(veche_metric_label, name, 0);
AT(veche_metric_label, value, 8);

SIZE(veche_metric_info, 80);
AT(veche_metric_info, struct_size, 0);
AT(veche_metric_info, kind, 4);
AT(veche_metric_info, plugin, 8);
AT(veche_metric_info, name, 16);
AT(veche_metric_info, help, 24);
AT(veche_metric_info, value, 32);
AT(veche_metric_info, bounds, 40);
AT(veche_metric_info, counts, 48);
AT(veche_metric_info, bound_count, 56);
AT(veche_metric_info, label_count, 60);
AT(veche_metric_info, labels, 64);
AT(veche_metric_info, scale, 72);

SIZE(veche_metrics, 48);
AT(veche_metrics, struct_size, 0);
AT(veche_metrics, reserved, 4);
AT(veche_metrics, add_metric, 8);
AT(veche_metrics, add, 16);
AT(veche_metrics, set, 24);
AT(veche_metrics, visit, 32);
AT(veche_metrics, visit_server, 40);

SIZE(veche_controlled_route, 32);
AT(veche_controlled_route, track, 0);
AT(veche_controlled_route, participant, 8);
AT(veche_controlled_route, kind, 16);
AT(veche_controlled_route, slot, 20);
AT(veche_controlled_route, bitrate_bps, 24);
AT(veche_controlled_route, reserved, 28);

SIZE(veche_session_view, 72);
AT(veche_session_view, struct_size, 0);
AT(veche_session_view, route_count, 4);
AT(veche_session_view, session, 8);
AT(veche_session_view, participant, 16);
AT(veche_session_view, now_ns, 24);
AT(veche_session_view, round_trip_us, 32);
AT(veche_session_view, jitter_us, 36);
AT(veche_session_view, loss_out, 40);
AT(veche_session_view, loss_in, 44);
AT(veche_session_view, bitrate_out_bps, 48);
AT(veche_session_view, bitrate_in_bps, 52);
AT(veche_session_view, estimate_bps, 56);
AT(veche_session_view, reserved, 60);
AT(veche_session_view, routes, 64);

SIZE(veche_publish_hint, 8);
AT(veche_publish_hint, max_bitrate_bps, 0);
AT(veche_publish_hint, fec_percent, 4);

SIZE(veche_session_targets, 24);
AT(veche_session_targets, struct_size, 0);
AT(veche_session_targets, reserved, 4);
AT(veche_session_targets, targets, 8);
AT(veche_session_targets, hint, 16);

SIZE(veche_controller, 24);
AT(veche_controller, struct_size, 0);
AT(veche_controller, reserved, 4);
AT(veche_controller, control, 8);
AT(veche_controller, forget, 16);

SIZE(veche_track, 80);
AT(veche_track, struct_size, 0);
AT(veche_track, kind, 4);
AT(veche_track, track, 8);
AT(veche_track, room, 16);
AT(veche_track, participant, 24);
AT(veche_track, codec, 32);
AT(veche_track, fmtp, 40);
AT(veche_track, clock_rate, 48);
AT(veche_track, channels, 52);
AT(veche_track, payload_type, 56);
AT(veche_track, ssrc, 60);
AT(veche_track, audio_level_extension, 64);
AT(veche_track, reserved, 68);
AT(veche_track, name, 72);

SIZE(veche_track_tap, 24);
AT(veche_track_tap, struct_size, 0);
AT(veche_track_tap, reserved, 4);
AT(veche_track_tap, open, 8);
AT(veche_track_tap, closed, 16);

SIZE(veche_taps, 24);
AT(veche_taps, struct_size, 0);
AT(veche_taps, reserved, 4);
AT(veche_taps, open, 8);
AT(veche_taps, close, 16);

SIZE(veche_room_settings, 24);
AT(veche_room_settings, struct_size, 0);
AT(veche_room_settings, reserved, 4);
AT(veche_room_settings, schema, 8);
AT(veche_room_settings, changed, 16);
