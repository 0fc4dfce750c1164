/** Hand-written xDS peers and small resources, for the tests of this and other modules. */
@NullMarked
package dev.skiffmesh.server.delivery.testing;

import org.jspecify.annotations.NullMarked;
