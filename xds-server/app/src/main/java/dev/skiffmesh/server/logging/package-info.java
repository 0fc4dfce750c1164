/**
 * What is written to the log and how much of it: foreign words are escaped and bounded, what
 * repeats is counted, libraries write through the same door.
 */
@NullMarked
package dev.skiffmesh.server.logging;

import org.jspecify.annotations.NullMarked;
