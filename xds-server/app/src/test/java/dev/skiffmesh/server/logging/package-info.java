/** Tests of the log. */
@NullMarked
package dev.skiffmesh.server.logging;

import org.jspecify.annotations.NullMarked;
