/** Services of Kubernetes: Services, EndpointSlices, Pods, Nodes and Namespaces, watched. */
@NullMarked
package dev.skiffmesh.registry.kubernetes;

import org.jspecify.annotations.NullMarked;
