/** The behaviour of TrafficRoute. */
@NullMarked
package dev.skiffmesh.translator.policy.trafficroute;

import org.jspecify.annotations.NullMarked;
