/** What all policy kinds share; each kind's spec lives in a package of its own below. */
@NullMarked
package dev.skiffmesh.api.policy;

import org.jspecify.annotations.NullMarked;
