/** The behaviour of TimeoutPolicy. */
@NullMarked
package dev.skiffmesh.translator.policy.timeout;

import org.jspecify.annotations.NullMarked;
