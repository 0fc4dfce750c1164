/** The xDS stream engine: one pure state machine for each stream, a thin gRPC adapter around it. */
@NullMarked
package dev.skiffmesh.server.delivery;

import org.jspecify.annotations.NullMarked;
