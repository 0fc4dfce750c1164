/** The admin port: HTTP API, health, metrics and a page for people. */
@NullMarked
package dev.skiffmesh.server.admin;

import org.jspecify.annotations.NullMarked;
