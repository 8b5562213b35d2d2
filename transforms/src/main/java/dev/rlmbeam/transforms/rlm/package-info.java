/**
 * One Recursive Language Model: turn loop, prompts, code blocks, limits, trajectory. Knows nothing
 * of Beam.
 */
@NullMarked
package dev.rlmbeam.transforms.rlm;

import org.jspecify.annotations.NullMarked;
