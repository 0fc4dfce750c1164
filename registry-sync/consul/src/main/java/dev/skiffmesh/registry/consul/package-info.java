/** Services from Consul, over its HTTP API. */
@NullMarked
package dev.skiffmesh.registry.consul;

import org.jspecify.annotations.NullMarked;
