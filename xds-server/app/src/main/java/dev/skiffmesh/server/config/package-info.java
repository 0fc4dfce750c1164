/** skiff.yaml: strict keys, read with their places. */
@NullMarked
package dev.skiffmesh.server.config;

import org.jspecify.annotations.NullMarked;
