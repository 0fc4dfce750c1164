/** What tests of several packages share. */
@NullMarked
package dev.skiffmesh.server.testing;

import org.jspecify.annotations.NullMarked;
