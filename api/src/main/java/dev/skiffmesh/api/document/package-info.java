/** Documents as they came from a source: neutral trees with positions, not yet understood. */
@NullMarked
package dev.skiffmesh.api.document;

import org.jspecify.annotations.NullMarked;
