/** What a request looks like: the one matching model of all kinds. */
@NullMarked
package dev.skiffmesh.api.policy.match;

import org.jspecify.annotations.NullMarked;
