/** What must survive a restart: the last good documents, services and endpoints, in plain files. */
@NullMarked
package dev.skiffmesh.server.state;

import org.jspecify.annotations.NullMarked;
