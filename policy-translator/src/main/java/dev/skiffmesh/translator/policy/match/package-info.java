/** What is wrong with a match beyond its schema; the same for all kinds that match requests. */
@NullMarked
package dev.skiffmesh.translator.policy.match;

import org.jspecify.annotations.NullMarked;
