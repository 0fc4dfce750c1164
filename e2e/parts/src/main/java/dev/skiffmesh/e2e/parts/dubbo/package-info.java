/** Real Dubbo providers as child processes. */
@NullMarked
package dev.skiffmesh.e2e.parts.dubbo;

import org.jspecify.annotations.NullMarked;
