/** Plans and identities become Envoy's v3 resources, in the dialect of who reads them. */
@NullMarked
package dev.skiffmesh.translator.envoy;

import org.jspecify.annotations.NullMarked;
