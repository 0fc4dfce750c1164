/**
 * What the mesh is doing, as one immutable report: all that the admin API and the metrics render.
 */
@NullMarked
package dev.skiffmesh.server.status;

import org.jspecify.annotations.NullMarked;
