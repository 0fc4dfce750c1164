/** Tests of Kubernetes as a registry that need no API server. */
@NullMarked
package dev.skiffmesh.registry.kubernetes;

import org.jspecify.annotations.NullMarked;
