/**
 * Pure: raw documents become policies, a world becomes an evaluation, a proxy's view becomes Envoy
 * resources with provenance. No clock, no thread, no logger, no I/O.
 */
@NullMarked
package dev.skiffmesh.translator;

import org.jspecify.annotations.NullMarked;
