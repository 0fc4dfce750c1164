package dev.skiffmesh.server.delivery;

import io.envoyproxy.envoy.config.core.v3.Node;

/**
 * Who is at the other end of a stream.
 *
 * @param stream which stream; a proxy may have several
 * @param node as it was in the first message of the stream
 */
public record ConnectedNode(StreamId stream, Node node) {}
