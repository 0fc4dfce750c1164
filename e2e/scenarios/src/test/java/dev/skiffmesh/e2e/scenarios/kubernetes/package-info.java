/** Kubernetes as a registry, on a real API server. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.kubernetes;

import org.jspecify.annotations.NullMarked;
