/** Stands below Nacos' client, where a real server could not be large enough. */
@NullMarked
package dev.skiffmesh.registry.nacos;

import org.jspecify.annotations.NullMarked;
