/** Placeholder. */
@NullMarked
package dev.skiffmesh.bootstrap;

import org.jspecify.annotations.NullMarked;
