package dev.skiffmesh.server.delivery;

import java.util.List;

/**
 * What an event has led to.
 *
 * @param state the stream from now on
 * @param responses to be written in this order; only {@link StreamEvent.Writable} gives any, and
 *     then at most one
 * @param notices to be passed on in this order
 */
record Step(StreamState state, List<StreamResponse> responses, List<Notice> notices) {}
