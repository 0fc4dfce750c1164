/** What needs a real Envoy: the bootstraps, and the demo itself. */
@NullMarked
package dev.skiffmesh.e2e.demo;

import org.jspecify.annotations.NullMarked;
