/** Documents in etcd: policies, and services for those who keep them there. */
@NullMarked
package dev.skiffmesh.registry.etcd;

import org.jspecify.annotations.NullMarked;
