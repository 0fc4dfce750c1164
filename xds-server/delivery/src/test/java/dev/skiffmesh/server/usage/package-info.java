/** Tests of what proxies report of their traffic. */
@NullMarked
package dev.skiffmesh.server.usage;

import org.jspecify.annotations.NullMarked;
