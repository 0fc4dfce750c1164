/** The behaviour of ScopePolicy. */
@NullMarked
package dev.skiffmesh.translator.policy.scope;

import org.jspecify.annotations.NullMarked;
