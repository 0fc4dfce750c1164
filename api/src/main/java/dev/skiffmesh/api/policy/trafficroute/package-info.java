/** The spec of TrafficRoute. */
@NullMarked
package dev.skiffmesh.api.policy.trafficroute;

import org.jspecify.annotations.NullMarked;
