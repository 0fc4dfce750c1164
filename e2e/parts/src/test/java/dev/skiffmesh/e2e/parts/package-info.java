/** Tests of what the scenarios stand on. */
@NullMarked
package dev.skiffmesh.e2e.parts;

import org.jspecify.annotations.NullMarked;
