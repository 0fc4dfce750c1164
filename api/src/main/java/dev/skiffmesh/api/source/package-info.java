/** What a registry or a policy store tells the control loop. */
@NullMarked
package dev.skiffmesh.api.source;

import org.jspecify.annotations.NullMarked;
