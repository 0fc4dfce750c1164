/** Placeholder. */
@NullMarked
package dev.skiffmesh.registry.file;

import org.jspecify.annotations.NullMarked;
