package dev.rlmbeam.sandbox.repl;

/**
 * A variable that code in a session has made. Immutable.
 *
 * @param name as in Python
 * @param type name of the Python type
 * @param preview a cheap look at the value, at most 200 characters
 */
public record Variable(String name, String type, String preview) {}
