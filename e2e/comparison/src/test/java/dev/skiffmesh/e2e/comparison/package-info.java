/** The same checks of xDS delivery against Skiff's engine and against stock java-control-plane. */
@NullMarked
package dev.skiffmesh.e2e.comparison;

import org.jspecify.annotations.NullMarked;
