/** Scenarios on a real etcd. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.etcd;

import org.jspecify.annotations.NullMarked;
