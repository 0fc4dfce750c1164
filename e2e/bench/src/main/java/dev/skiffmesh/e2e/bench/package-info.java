/** A whole control plane on a synthetic mesh, for load generators. */
@NullMarked
package dev.skiffmesh.e2e.bench;

import org.jspecify.annotations.NullMarked;
