/** Placeholder. */
@NullMarked
package dev.skiffmesh.server;

import org.jspecify.annotations.NullMarked;
