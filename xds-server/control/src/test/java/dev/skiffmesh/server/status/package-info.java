@NullMarked
package dev.skiffmesh.server.status;

import org.jspecify.annotations.NullMarked;
