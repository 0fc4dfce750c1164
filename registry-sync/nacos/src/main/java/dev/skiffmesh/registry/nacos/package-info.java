/** Placeholder. */
@NullMarked
package dev.skiffmesh.registry.nacos;

import org.jspecify.annotations.NullMarked;
