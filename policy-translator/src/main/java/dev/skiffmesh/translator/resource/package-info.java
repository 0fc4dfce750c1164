/**
 * What the translator hands to delivery: packed, hashed, named resources and where they came from.
 */
@NullMarked
package dev.skiffmesh.translator.resource;

import org.jspecify.annotations.NullMarked;
