/**
 * One writer owns the world: source events in, views and snapshots out, answers of proxies back in.
 */
@NullMarked
package dev.skiffmesh.server.control;

import org.jspecify.annotations.NullMarked;
