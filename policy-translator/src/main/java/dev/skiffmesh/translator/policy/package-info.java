/** What all policy kinds share: how a kind behaves and what it contributes. */
@NullMarked
package dev.skiffmesh.translator.policy;

import org.jspecify.annotations.NullMarked;
