/** What Skiff says about its inputs: findings and conditions. */
@NullMarked
package dev.skiffmesh.api.status;

import org.jspecify.annotations.NullMarked;
