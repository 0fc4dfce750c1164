/** Real parts for tests and the demo: how to find them, start them and end them. */
@NullMarked
package dev.skiffmesh.e2e.parts;

import org.jspecify.annotations.NullMarked;
