/** The behaviour of PolicyGrant. */
@NullMarked
package dev.skiffmesh.translator.policy.grant;

import org.jspecify.annotations.NullMarked;
