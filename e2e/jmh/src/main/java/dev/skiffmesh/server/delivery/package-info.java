/** Microbenchmarks; in the engine's package, because its machine is nobody else's business. */
@NullMarked
package dev.skiffmesh.server.delivery;

import org.jspecify.annotations.NullMarked;
