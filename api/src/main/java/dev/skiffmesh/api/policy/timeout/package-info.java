/** The spec of TimeoutPolicy. */
@NullMarked
package dev.skiffmesh.api.policy.timeout;

import org.jspecify.annotations.NullMarked;
