/** Worlds from YAML texts, and resources as YAML texts, for tests. */
@NullMarked
package dev.skiffmesh.translator.testing;

import org.jspecify.annotations.NullMarked;
