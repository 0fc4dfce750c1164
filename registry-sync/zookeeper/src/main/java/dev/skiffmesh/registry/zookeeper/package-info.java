/** Services from ZooKeeper, as Spring Cloud and Dubbo register them. */
@NullMarked
package dev.skiffmesh.registry.zookeeper;

import org.jspecify.annotations.NullMarked;
