/** The demo: a small broker behind real Envoys, and what a change to the mesh does to its calls. */
@NullMarked
package dev.skiffmesh.e2e.demo;

import org.jspecify.annotations.NullMarked;
