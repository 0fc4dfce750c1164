/** Scenarios on a real Consul agent. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.consul;

import org.jspecify.annotations.NullMarked;
