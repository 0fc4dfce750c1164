/** Tests of the command line. */
@NullMarked
package dev.skiffmesh.server.cli;

import org.jspecify.annotations.NullMarked;
