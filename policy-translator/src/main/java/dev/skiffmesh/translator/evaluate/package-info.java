/**
 * Services and policies understood together: targets, grants, hosts, and a plan for each kind of
 * caller.
 */
@NullMarked
package dev.skiffmesh.translator.evaluate;

import org.jspecify.annotations.NullMarked;
