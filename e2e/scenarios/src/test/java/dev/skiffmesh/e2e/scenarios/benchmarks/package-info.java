/** Measurements, run by hand; their results are in {@code docs/benchmarks.md}. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.benchmarks;

import org.jspecify.annotations.NullMarked;
