/** What a caller is to do, in the words of the mesh: no proto, no policy document. */
@NullMarked
package dev.skiffmesh.translator.plan;

import org.jspecify.annotations.NullMarked;
