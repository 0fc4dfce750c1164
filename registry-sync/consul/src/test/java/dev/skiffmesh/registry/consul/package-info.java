/** Tests without a server. */
@NullMarked
package dev.skiffmesh.registry.consul;

import org.jspecify.annotations.NullMarked;
