/** What must be seen on real parts, and the rules of the house. */
@NullMarked
package dev.skiffmesh.e2e.scenarios;

import org.jspecify.annotations.NullMarked;
