package dev.rlmbeam.transforms.model;

/**
 * What a model answered. Immutable.
 *
 * @param text never null; may be empty
 * @param usage what the call cost, its failed attempts included where the service charged them
 * @param truncated true when the model stopped because of its output limit
 */
public record ModelResponse(String text, ModelUsage usage, boolean truncated) {}
