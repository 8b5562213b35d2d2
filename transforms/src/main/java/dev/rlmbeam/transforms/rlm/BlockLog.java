package dev.rlmbeam.transforms.rlm;

/**
 * What a block's record takes from elsewhere.
 *
 * @param contextPreview how the context begins
 * @param calls the sub-calls since the last block
 */
record BlockLog(String contextPreview, SubCallLog calls) {}
