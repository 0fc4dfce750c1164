/** Tests of the stream engine: tables for the machines, a file for each feature over real gRPC. */
@NullMarked
package dev.skiffmesh.server.delivery;

import org.jspecify.annotations.NullMarked;
