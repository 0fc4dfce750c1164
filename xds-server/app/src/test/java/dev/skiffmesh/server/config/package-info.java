/** Tests of skiff.yaml. */
@NullMarked
package dev.skiffmesh.server.config;

import org.jspecify.annotations.NullMarked;
