package dev.rlmbeam.sandbox.repl;

/**
 * A stored context and how a session binds it. Immutable.
 *
 * @param context as it stands in the sandbox, under the session's name for it
 * @param type how its bytes become a value
 * @param place where it came from, for errors
 */
public record BoundContext(LoadedContext context, ContextSource.Type type, String place) {}
