/**
 * Annotations on spec records: what the decoder checks, the CRD generator writes and the reference
 * page prints.
 */
@NullMarked
package dev.skiffmesh.api.schema;

import org.jspecify.annotations.NullMarked;
