/** Scenarios on a real Eureka server. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.eureka;

import org.jspecify.annotations.NullMarked;
