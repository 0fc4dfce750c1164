/** The file registry: services and policies from watched YAML files. */
@NullMarked
package dev.skiffmesh.registry.file;

import org.jspecify.annotations.NullMarked;
