/** Tests of the control loop, with time, threads, sources and proxies in the tests' hands. */
@NullMarked
package dev.skiffmesh.server.control;

import org.jspecify.annotations.NullMarked;
