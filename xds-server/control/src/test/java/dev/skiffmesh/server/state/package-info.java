/** Tests of the state folder. */
@NullMarked
package dev.skiffmesh.server.state;

import org.jspecify.annotations.NullMarked;
