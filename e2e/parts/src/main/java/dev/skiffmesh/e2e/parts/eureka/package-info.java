/** A real Eureka server. */
@NullMarked
package dev.skiffmesh.e2e.parts.eureka;

import org.jspecify.annotations.NullMarked;
