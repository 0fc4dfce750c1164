/** Services from Nacos 2.x and 3.x: gRPC subscriptions in, source events out. */
@NullMarked
package dev.skiffmesh.registry.nacos;

import org.jspecify.annotations.NullMarked;
