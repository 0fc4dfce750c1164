/** What is generated from the policy kinds: Kubernetes definitions and reference pages. */
@NullMarked
package dev.skiffmesh.translator.reference;

import org.jspecify.annotations.NullMarked;
