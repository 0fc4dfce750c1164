/** What is remembered between one translation and the next. */
@NullMarked
package dev.skiffmesh.translator.memo;

import org.jspecify.annotations.NullMarked;
