/** Whole servers, started and stopped. */
@NullMarked
package dev.skiffmesh.server.app;

import org.jspecify.annotations.NullMarked;
