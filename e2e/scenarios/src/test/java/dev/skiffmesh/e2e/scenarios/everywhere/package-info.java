/** The same documents in every store that Skiff reads. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.everywhere;

import org.jspecify.annotations.NullMarked;
