/**
 * The client status discovery service (CSDS): what each connected proxy has, for standard tools.
 */
@NullMarked
package dev.skiffmesh.server.csds;

import org.jspecify.annotations.NullMarked;
