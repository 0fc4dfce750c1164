package dev.skiffmesh.server.delivery;

import dev.skiffmesh.translator.resource.Resource;
import dev.skiffmesh.translator.resource.ResourceKind;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * A response as the state machine decides on it; its resources are shared by all streams.
 *
 * @param kind its type
 * @param nonce unique among all streams of this process
 * @param version of the response as a whole: in state-of-the-world the proxy quotes it after a
 *     reconnect, in delta it only informs readers of Envoy's config dump
 * @param resources what it carries
 * @param asked by resource, the other names under which the proxy waits for it (delta only)
 * @param aliases names that do not exist, each answered with itself as alias and no body (delta
 *     only; the form that Envoy's VHDS understands)
 * @param removed names that are gone (delta only)
 * @param ttls by resource, how long the proxy keeps it unless it is renewed; those that are not
 *     named it keeps for good
 * @param renewal it only prolongs the life of {@code resources}: in delta they go without a body
 */
record StreamResponse(
    ResourceKind kind,
    String nonce,
    String version,
    List<Resource> resources,
    SortedMap<String, List<String>> asked,
    List<String> aliases,
    List<String> removed,
    SortedMap<String, Duration> ttls,
    boolean renewal) {}
