/** Tests of the Envoy form: shares, weights, assignments, and the last gate. */
@NullMarked
package dev.skiffmesh.translator.envoy;

import org.jspecify.annotations.NullMarked;
