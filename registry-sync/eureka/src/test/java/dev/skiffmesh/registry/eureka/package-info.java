/** Tests without a server. */
@NullMarked
package dev.skiffmesh.registry.eureka;

import org.jspecify.annotations.NullMarked;
