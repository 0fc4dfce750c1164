/** Tests of what benchmarks are fed from. */
@NullMarked
package dev.skiffmesh.e2e.bench;

import org.jspecify.annotations.NullMarked;
