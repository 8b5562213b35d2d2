/**
 * Trajectories: what each turn of an RLM said, ran and asked, written line by line in the
 * reference's form. Knows nothing of Beam.
 */
@NullMarked
package dev.rlmbeam.transforms.rlm.trajectory;

import org.jspecify.annotations.NullMarked;
