/** The composition root: objects are made, wired, started and stopped here and nowhere else. */
@NullMarked
package dev.skiffmesh.server.app;

import org.jspecify.annotations.NullMarked;
