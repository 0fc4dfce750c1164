/** Placeholder. */
@NullMarked
package dev.skiffmesh.e2e.scenarios;

import org.jspecify.annotations.NullMarked;
