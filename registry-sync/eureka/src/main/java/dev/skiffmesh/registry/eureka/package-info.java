/** Services from Eureka, over its REST API. */
@NullMarked
package dev.skiffmesh.registry.eureka;

import org.jspecify.annotations.NullMarked;
