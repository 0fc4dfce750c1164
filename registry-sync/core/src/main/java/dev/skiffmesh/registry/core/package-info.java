/** What all sources share: documents out of YAML, names, the runtime of a source. */
@NullMarked
package dev.skiffmesh.registry.core;

import org.jspecify.annotations.NullMarked;
