/* SPDX-License-Identifier: Apache-2.0 */
/* The memory layout of every public struct, frozen: a line may be added, none may change. C11 and
 * C++20. Until the interface is 1.0, a struct of a new revision may look another way. */
#include <assert.h>
#include <veche/admission.h>
#include <veche/client_messages.h>
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

SIZE(veche_error, 384);
AT(veche_error, struct_size, 0);
AT(veche_error, code, 4);
AT(veche_error, message, 8);
AT(veche_error, pointer, 256);

SIZE(veche_values, 48);
AT(veche_values, struct_size, 0);
AT(veche_values, reserved, 4);
AT(veche_values, json, 8);
AT(veche_values, get_integer, 16);
AT(veche_values, get_number, 24);
AT(veche_values, get_boolean, 32);
AT(veche_values, get_string, 40);

SIZE(veche_host, 16);
AT(veche_host, struct_size, 0);
AT(veche_host, abi_minor, 4);
AT(veche_host, get_extension, 8);

SIZE(veche_plugin_entry, 112);
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
AT(veche_plugin_entry, min_host_minor, 104);
AT(veche_plugin_entry, reserved, 108);

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

SIZE(veche_loop, 40);
AT(veche_loop, struct_size, 0);
AT(veche_loop, post, 8);
AT(veche_loop, add_timer, 16);
AT(veche_loop, cancel_timer, 24);
AT(veche_loop, after_lanes, 32);

SIZE(veche_candidate, 64);
AT(veche_candidate, track, 0);
AT(veche_candidate, participant, 8);
AT(veche_candidate, last_packet_ns, 16);
AT(veche_candidate, kind, 24);
AT(veche_candidate, flags, 28);
AT(veche_candidate, packets, 32);
AT(veche_candidate, level, 36);
AT(veche_candidate, smoothed_level, 37);
AT(veche_candidate, reserved, 38);
AT(veche_candidate, attributes, 40);
AT(veche_candidate, tag, 56);

SIZE(veche_preference, 16);
AT(veche_preference, participant, 0);
AT(veche_preference, flags, 8);
AT(veche_preference, reserved, 12);

SIZE(veche_slot, 16);
AT(veche_slot, track, 0);
AT(veche_slot, kind, 8);
AT(veche_slot, reserved, 12);

SIZE(veche_listener, 64);
AT(veche_listener, session, 0);
AT(veche_listener, participant, 8);
AT(veche_listener, first_slot, 16);
AT(veche_listener, slot_count, 20);
AT(veche_listener, first_preference, 24);
AT(veche_listener, preference_count, 28);
AT(veche_listener, max_speakers, 32);
AT(veche_listener, reserved, 36);
AT(veche_listener, attributes, 40);
AT(veche_listener, tag, 56);

SIZE(veche_attribute, 16);
AT(veche_attribute, name, 0);
AT(veche_attribute, value, 8);

SIZE(veche_attributes, 16);
AT(veche_attributes, list, 0);
AT(veche_attributes, count, 8);
AT(veche_attributes, revision, 12);

SIZE(veche_room_view, 80);
AT(veche_room_view, struct_size, 0);
AT(veche_room_view, candidate_count, 4);
AT(veche_room_view, listener_count, 8);
AT(veche_room_view, preference_count, 12);
AT(veche_room_view, slot_count, 16);
AT(veche_room_view, candidate_stride, 20);
AT(veche_room_view, listener_stride, 24);
AT(veche_room_view, preference_stride, 28);
AT(veche_room_view, slot_stride, 32);
AT(veche_room_view, reserved, 36);
AT(veche_room_view, room, 40);
AT(veche_room_view, now_ns, 48);
AT(veche_room_view, candidates, 56);
AT(veche_room_view, listeners, 64);
AT(veche_room_view, preferences, 72);

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
AT(veche_packet, layer, 30);

SIZE(veche_route, 64);
AT(veche_route, struct_size, 0);
AT(veche_route, kind, 4);
AT(veche_route, track, 8);
AT(veche_route, session, 16);
AT(veche_route, clock_rate, 24);
AT(veche_route, generation, 28);
AT(veche_route, now_ns, 32);
AT(veche_route, target, 40);
AT(veche_route, layer_count, 44);
AT(veche_route, publisher_tag, 48);
AT(veche_route, listener_tag, 56);

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

SIZE(veche_http_request, 88);
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
AT(veche_http_request, participant, 80);

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

SIZE(veche_rooms, 104);
AT(veche_rooms, struct_size, 0);
AT(veche_rooms, reserved, 4);
AT(veche_rooms, visit_rooms, 8);
AT(veche_rooms, visit_participants, 16);
AT(veche_rooms, set_muted, 24);
AT(veche_rooms, set_tag, 32);
AT(veche_rooms, emit, 40);
AT(veche_rooms, announce, 48);
AT(veche_rooms, send, 56);
AT(veche_rooms, remove, 64);
AT(veche_rooms, set_attributes, 72);
AT(veche_rooms, set_pinned, 80);
AT(veche_rooms, id_of, 88);
AT(veche_rooms, visit_participant, 96);

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

SIZE(veche_controlled_layer, 16);
AT(veche_controlled_layer, bitrate_bps, 0);
AT(veche_controlled_layer, width, 4);
AT(veche_controlled_layer, height, 8);
AT(veche_controlled_layer, frames_per_s, 12);

SIZE(veche_controlled_route, 48);
AT(veche_controlled_route, track, 0);
AT(veche_controlled_route, participant, 8);
AT(veche_controlled_route, kind, 16);
AT(veche_controlled_route, slot, 20);
AT(veche_controlled_route, flags, 24);
AT(veche_controlled_route, price_bps, 28);
AT(veche_controlled_route, sent_bps, 32);
AT(veche_controlled_route, loss, 36);
AT(veche_controlled_route, first_layer, 40);
AT(veche_controlled_route, layer_count, 44);

SIZE(veche_controlled_track, 32);
AT(veche_controlled_track, track, 0);
AT(veche_controlled_track, kind, 8);
AT(veche_controlled_track, flags, 12);
AT(veche_controlled_track, bitrate_bps, 16);
AT(veche_controlled_track, packets_per_s, 20);
AT(veche_controlled_track, loss, 24);
AT(veche_controlled_track, listener_count, 28);

SIZE(veche_controlled_session, 88);
AT(veche_controlled_session, session, 0);
AT(veche_controlled_session, participant, 8);
AT(veche_controlled_session, first_route, 16);
AT(veche_controlled_session, route_count, 20);
AT(veche_controlled_session, first_track, 24);
AT(veche_controlled_session, track_count, 28);
AT(veche_controlled_session, link, 32);
AT(veche_controlled_session, round_trip_us, 36);
AT(veche_controlled_session, jitter_us, 40);
AT(veche_controlled_session, queue_us, 44);
AT(veche_controlled_session, capacity_bps, 48);
AT(veche_controlled_session, used_bps, 52);
AT(veche_controlled_session, received_bps, 56);
AT(veche_controlled_session, burst, 60);
AT(veche_controlled_session, loss, 64);
AT(veche_controlled_session, loss_floor, 68);
AT(veche_controlled_session, loss_received, 72);
AT(veche_controlled_session, lane_load, 76);
AT(veche_controlled_session, flags, 80);
AT(veche_controlled_session, reserved, 84);

SIZE(veche_controlled_room, 96);
AT(veche_controlled_room, struct_size, 0);
AT(veche_controlled_room, session_count, 4);
AT(veche_controlled_room, route_count, 8);
AT(veche_controlled_room, track_count, 12);
AT(veche_controlled_room, layer_count, 16);
AT(veche_controlled_room, session_stride, 20);
AT(veche_controlled_room, route_stride, 24);
AT(veche_controlled_room, track_stride, 28);
AT(veche_controlled_room, layer_stride, 32);
AT(veche_controlled_room, reserved, 36);
AT(veche_controlled_room, room, 40);
AT(veche_controlled_room, now_ns, 48);
AT(veche_controlled_room, name, 56);
AT(veche_controlled_room, sessions, 64);
AT(veche_controlled_room, routes, 72);
AT(veche_controlled_room, tracks, 80);
AT(veche_controlled_room, layers, 88);

SIZE(veche_route_decision, 16);
AT(veche_route_decision, target, 0);
AT(veche_route_decision, protection, 4);
AT(veche_route_decision, reason, 8);
AT(veche_route_decision, reserved, 12);

SIZE(veche_track_decision, 24);
AT(veche_track_decision, max_bitrate_bps, 0);
AT(veche_track_decision, packet_ms, 4);
AT(veche_track_decision, dtx, 8);
AT(veche_track_decision, reported_loss, 12);
AT(veche_track_decision, reason, 16);
AT(veche_track_decision, reserved, 20);

SIZE(veche_session_decision, 16);
AT(veche_session_decision, wish_bps, 0);
AT(veche_session_decision, quality, 4);
AT(veche_session_decision, reason, 8);
AT(veche_session_decision, reserved, 12);

SIZE(veche_room_decision, 40);
AT(veche_room_decision, struct_size, 0);
AT(veche_room_decision, session_stride, 4);
AT(veche_room_decision, route_stride, 8);
AT(veche_room_decision, track_stride, 12);
AT(veche_room_decision, sessions, 16);
AT(veche_room_decision, routes, 24);
AT(veche_room_decision, tracks, 32);

SIZE(veche_controller, 40);
AT(veche_controller, struct_size, 0);
AT(veche_controller, reason_count, 4);
AT(veche_controller, reasons, 8);
AT(veche_controller, control, 16);
AT(veche_controller, forget_session, 24);
AT(veche_controller, forget_room, 32);

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
AT(veche_track, flags, 68);
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

SIZE(veche_client_message, 40);
AT(veche_client_message, struct_size, 0);
AT(veche_client_message, reserved, 4);
AT(veche_client_message, room, 8);
AT(veche_client_message, participant, 16);
AT(veche_client_message, participant_id, 24);
AT(veche_client_message, values, 32);

SIZE(veche_client_messages, 24);
AT(veche_client_messages, struct_size, 0);
AT(veche_client_messages, reserved, 4);
AT(veche_client_messages, schema, 8);
AT(veche_client_messages, on_message, 16);

SIZE(veche_admission_request, 48);
AT(veche_admission_request, struct_size, 0);
AT(veche_admission_request, participant_count, 4);
AT(veche_admission_request, room, 8);
AT(veche_admission_request, participant, 16);
AT(veche_admission_request, name, 24);
AT(veche_admission_request, metadata, 32);
AT(veche_admission_request, attributes, 40);

SIZE(veche_admission, 32);
AT(veche_admission, struct_size, 0);
AT(veche_admission, muted, 4);
AT(veche_admission, publish_audio, 8);
AT(veche_admission, publish_video, 12);
AT(veche_admission, subscribe, 16);
AT(veche_admission, max_speakers, 20);
AT(veche_admission, attributes, 24);

SIZE(veche_admission_policy, 16);
AT(veche_admission_policy, struct_size, 0);
AT(veche_admission_policy, reserved, 4);
AT(veche_admission_policy, admit, 8);

SIZE(veche_room_settings, 24);
AT(veche_room_settings, struct_size, 0);
AT(veche_room_settings, reserved, 4);
AT(veche_room_settings, schema, 8);
AT(veche_room_settings, changed, 16);
