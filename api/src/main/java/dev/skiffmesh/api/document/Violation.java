package dev.skiffmesh.api.document;

/**
 * One thing that is wrong with a document, in its writer's words.
 *
 * @param field the path from the document's root: {@code spec.rules[0].destinations[1].weight}
 * @param position where it stands
 * @param message what must be true and what was found; literals in single quotes, fields in
 *     back-quotes; a whole sentence with its advice and without a full stop
 */
public record Violation(String field, Position position, String message) {}
