/** The spec of ScopePolicy. */
@NullMarked
package dev.skiffmesh.api.policy.scope;

import org.jspecify.annotations.NullMarked;
