/**
 * Envoy's messages: the small pieces that several resources are made of, and what protobuf needs
 * told.
 */
@NullMarked
package dev.skiffmesh.translator.wire;

import org.jspecify.annotations.NullMarked;
