/** What the Nacos source makes of what servers say, without a server. */
@NullMarked
package dev.skiffmesh.registry.nacos;

import org.jspecify.annotations.NullMarked;
