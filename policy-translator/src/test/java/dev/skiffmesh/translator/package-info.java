/** The pure core's tests: golden cases, properties, and what they share. */
@NullMarked
package dev.skiffmesh.translator;

import org.jspecify.annotations.NullMarked;
