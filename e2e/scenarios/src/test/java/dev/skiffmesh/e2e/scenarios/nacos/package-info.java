/** The Nacos source on real Nacos servers. */
@NullMarked
package dev.skiffmesh.e2e.scenarios.nacos;

import org.jspecify.annotations.NullMarked;
