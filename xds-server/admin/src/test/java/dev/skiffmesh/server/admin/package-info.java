/** The admin port, asked as its users ask. */
@NullMarked
package dev.skiffmesh.server.admin;

import org.jspecify.annotations.NullMarked;
