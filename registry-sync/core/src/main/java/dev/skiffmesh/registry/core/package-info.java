/** Placeholder. */
@NullMarked
package dev.skiffmesh.registry.core;

import org.jspecify.annotations.NullMarked;
