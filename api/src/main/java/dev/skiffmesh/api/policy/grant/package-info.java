/** The spec of PolicyGrant. */
@NullMarked
package dev.skiffmesh.api.policy.grant;

import org.jspecify.annotations.NullMarked;
