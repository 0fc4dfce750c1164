/** The mesh as Skiff sees it: services, endpoints, proxies and the one immutable world. */
@NullMarked
package dev.skiffmesh.api.model;

import org.jspecify.annotations.NullMarked;
