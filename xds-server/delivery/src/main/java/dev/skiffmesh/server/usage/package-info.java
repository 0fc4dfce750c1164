/** What proxies report of their traffic, as far as it tells which services each one calls. */
@NullMarked
package dev.skiffmesh.server.usage;

import org.jspecify.annotations.NullMarked;
