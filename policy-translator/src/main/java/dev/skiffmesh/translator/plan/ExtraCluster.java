package dev.skiffmesh.translator.plan;

import dev.skiffmesh.api.document.DocumentKey;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;

/**
 * A cluster that belongs to no service: a policy asked for it.
 *
 * @param cluster complete, of any type but EDS
 * @param policy who asked
 */
public record ExtraCluster(Cluster cluster, DocumentKey policy) {}
