/**
 * Where a policy may write: the places of Envoy's configuration, their slots, and names that they
 * share.
 */
@NullMarked
package dev.skiffmesh.translator.place;

import org.jspecify.annotations.NullMarked;
