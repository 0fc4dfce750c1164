/**
 * What an option says of itself to other kinds: small interfaces, so that a kind states a rule
 * about another kind's options without knowing the kind.
 */
@NullMarked
package dev.skiffmesh.translator.place.fact;

import org.jspecify.annotations.NullMarked;
