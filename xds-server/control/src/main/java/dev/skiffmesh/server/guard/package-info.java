/** Doubts a registry that suddenly lists much less than before. */
@NullMarked
package dev.skiffmesh.server.guard;

import org.jspecify.annotations.NullMarked;
