/** Pure renderers of what a data plane is started from: Envoy's bootstrap and gRPC's. */
@NullMarked
package dev.skiffmesh.bootstrap;

import org.jspecify.annotations.NullMarked;
