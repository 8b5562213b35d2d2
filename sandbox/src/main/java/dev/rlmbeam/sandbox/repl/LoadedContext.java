package dev.rlmbeam.sandbox.repl;

/**
 * A context as it stands in a sandbox. Immutable.
 *
 * @param name variable in the REPL
 * @param sha256 of its bytes, lower-case hex
 * @param bytes how many
 * @param codePoints Unicode code points in the bytes, read as UTF-8
 */
public record LoadedContext(String name, String sha256, long bytes, long codePoints) {}
