/** Tests of what is generated from the policy kinds. */
@NullMarked
package dev.skiffmesh.translator.reference;

import org.jspecify.annotations.NullMarked;
