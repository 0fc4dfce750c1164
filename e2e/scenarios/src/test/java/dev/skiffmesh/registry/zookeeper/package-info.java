/** ZooKeeper behind a network that fails; its driver is that of the module's own tests. */
@NullMarked
package dev.skiffmesh.registry.zookeeper;

import org.jspecify.annotations.NullMarked;
