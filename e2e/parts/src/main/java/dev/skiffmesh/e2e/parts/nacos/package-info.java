/** Real Nacos servers as child processes. */
@NullMarked
package dev.skiffmesh.e2e.parts.nacos;

import org.jspecify.annotations.NullMarked;
