/** Placeholder. */
@NullMarked
package dev.skiffmesh.e2e.demo;

import org.jspecify.annotations.NullMarked;
