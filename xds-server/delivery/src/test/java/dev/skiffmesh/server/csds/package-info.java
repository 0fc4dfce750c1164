/** Tests of the client status discovery service. */
@NullMarked
package dev.skiffmesh.server.csds;

import org.jspecify.annotations.NullMarked;
